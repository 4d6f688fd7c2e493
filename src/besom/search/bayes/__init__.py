"""Bayesian optimisation, one idea per file: transform, kernel, gp, acquisition, candidates, design, subset, method."""

from besom.search.bayes.method import Bayes, WarmStart

__all__ = ["Bayes", "WarmStart"]
