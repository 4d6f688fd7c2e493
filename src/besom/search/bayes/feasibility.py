"""The chance that a run works at a point, learned from which runs around it did."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from besom.search.bayes.kernel import Hyperparameters
from besom.search.bayes.posterior import Posterior
from besom.search.scale import Array, Mask

LABEL_NOISE = -3.0
"""Prior mean of the log noise variance of labels: some failures strike anywhere."""


def labels(worked: Mask) -> Array:
    """What a process is fitted to: +1 for success and -1 for failure, less their mean."""
    signs = np.where(worked, 1.0, -1.0)
    return np.asarray(signs - signs.mean())


class Feasibility:
    """A Gaussian process over the labels, read as a probit.

    Failures put no value into the objective's model; they only lower the chance of success around them. Where they
    strike at random the fitted noise is large, the chance is the same everywhere, and no choice changes.

    Args:
        x: Positions of all judged runs, shape (n, d).
        worked: Whether each did, shape (n,).
        categorical: Which parameters are categories, shape (d,).
        hyperparameters: Fitted to ``x`` and ``labels(worked)``.
    """

    def __init__(self, x: Array, worked: Mask, categorical: Mask, hyperparameters: Hyperparameters) -> None:
        self._offset = float(np.where(worked, 1.0, -1.0).mean())
        self._noise = math.exp(hyperparameters.noise)
        self._posterior = Posterior(x, labels(worked), categorical, hyperparameters)

    def log_probability(self, x: Array) -> Array:
        """The log of the chance of success at each of ``x`` (m, d)."""
        mean, sd = self._posterior.predict(x)
        return np.asarray(special.log_ndtr((self._offset + mean) / np.sqrt(sd**2 + self._noise)))
