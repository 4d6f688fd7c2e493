"""A Gaussian process after data, and its forecasts at places that are asked about again and again."""

from __future__ import annotations

import copy
import math

import numpy as np
from scipy.linalg import lapack

from besom.search.bayes.kernel import MEAN_VARIANCE, Hyperparameters, matern52, squared_distances
from besom.search.scale import Array, Mask


class Posterior:
    """The process given data, for fixed hyperparameters: predictions of the noiseless function.

    Args:
        x: Positions, shape (n, d).
        y: Values, shape (n,).
        categorical: Which parameters are categories, shape (d,).
        hyperparameters: Of the process.
        variance: What is known of the noise's variance at each point, (n,); the fitted noise comes on top.
    """

    def __init__(
        self, x: Array, y: Array, categorical: Mask, hyperparameters: Hyperparameters, variance: Array | float = 0.0
    ) -> None:
        self.x, self.categorical, self.hyperparameters = x, categorical, hyperparameters
        self._lengthscales = np.exp(hyperparameters.lengthscales)
        self._signal, self._noise = math.exp(hyperparameters.signal), math.exp(hyperparameters.noise)
        self.variance_before = self._signal + MEAN_VARIANCE
        """Anywhere, before any data."""
        covariance = self.covariance(x, x)
        covariance[np.diag_indices(len(x))] += self._noise + variance
        factor, failure = lapack.dpotrf(covariance, lower=1, clean=1)
        if failure:  # rounding only: the noise is bounded away from 0
            covariance[np.diag_indices(len(x))] += 1e-4 * self._signal
            factor, _ = lapack.dpotrf(covariance, lower=1, clean=1)
        self.whiten = lapack.dtrtri(factor, lower=1)[0]
        """The inverse of the covariance's Cholesky factor, (n, n)."""
        self.alpha = self.whiten.T @ (self.whiten @ y)
        """The inverse covariance times ``y``, (n,)."""

    def mean(self, x: Array) -> Array:
        """The expected values at ``x`` (m, d)."""
        return np.asarray(self.covariance(x, self.x) @ self.alpha)

    def predict(self, x: Array) -> tuple[Array, Array]:
        """The expected values and standard deviations at ``x`` (m, d), both (m,)."""
        forecast = Forecast(self, x)
        return forecast.mean, forecast.sd

    def covariance(self, a: Array, b: Array) -> Array:
        """Between ``a`` (n, d) and ``b`` (m, d) before any data, (n, m)."""
        return self._signal * self.correlation(a, b) + MEAN_VARIANCE

    def correlation(self, a: Array, b: Array) -> Array:
        """Between ``a`` (n, d) and ``b`` (m, d), (n, m): 1 at the same place, near 0 far away."""
        return matern52(squared_distances(a, b, self.categorical, self._lengthscales))

    def believing(self, x: Array) -> Posterior:
        """The process after the one point ``x`` (1, d) gave exactly what is expected of it (the kriging believer).

        That changes no mean, only the doubt; the Cholesky factor grows by one row.
        """
        known, pivot = self.new_row(x)
        n = len(known)
        after = copy.copy(self)
        after.x, after.alpha = np.vstack([self.x, x]), np.append(self.alpha, 0.0)
        after.whiten = np.zeros((n + 1, n + 1))
        after.whiten[:n, :n] = self.whiten
        after.whiten[n] = np.append(-(known @ self.whiten), 1.0) / pivot
        return after

    def new_row(self, x: Array) -> tuple[Array, float]:
        """What the one point ``x`` (1, d) adds to the Cholesky factor: the row (n,) and its last element."""
        known = self.whiten @ self.covariance(self.x, x)[:, 0]
        return known, math.sqrt(max(self.variance_before - float(known @ known), 0.0) + self._noise)


class Forecast:
    """Predictions at fixed places ``x`` (m, d), kept up to date while the process comes to believe more points.

    Args:
        posterior: The process.
        x: The places.
        room: How many points will be believed at most.
    """

    def __init__(self, posterior: Posterior, x: Array, room: int = 0) -> None:
        self._x = x
        covariance = posterior.covariance(x, posterior.x)
        self._n = len(posterior.x)
        self._factors = np.empty((len(x), self._n + room))
        np.matmul(covariance, posterior.whiten.T, out=self._factors[:, : self._n])
        self._least = 1e-12 * posterior.variance_before
        explained = self._factors[:, : self._n]
        self._variance = posterior.variance_before - np.einsum("ij,ij->i", explained, explained)
        self.mean = covariance @ posterior.alpha
        """The expected values, (m,)."""

    @property
    def sd(self) -> Array:
        """The standard deviations, (m,)."""
        return np.asarray(np.sqrt(np.maximum(self._variance, self._least)))

    def believe(self, posterior: Posterior, x: Array) -> None:
        """Take in the one point ``x`` (1, d), which ``posterior`` is about to believe: a rank-one update, O(m n)."""
        known, pivot = posterior.new_row(x)
        column = (posterior.covariance(self._x, x)[:, 0] - self._factors[:, : self._n] @ known) / pivot
        self._variance -= column**2
        self._factors[:, self._n] = column
        self._n += 1
