"""Bayesian optimisation, one idea per file; ``method`` puts them together."""

from besom.search.bayes.method import Bayes
from besom.search.bayes.warm import WarmStart

__all__ = ["Bayes", "WarmStart"]
