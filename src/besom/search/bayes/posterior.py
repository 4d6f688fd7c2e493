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
        self._signal, self.noise = math.exp(hyperparameters.signal), math.exp(hyperparameters.noise)
        self.variance_before = self._signal + MEAN_VARIANCE
        """Anywhere, before any data."""
        covariance = self.covariance(x, x)
        covariance[np.diag_indices(len(x))] += self.noise + variance
        self.whiten = self._inverse_factor(covariance)
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
        """The process after the points ``x`` (m, d) gave exactly what is expected of them (the kriging believer).

        That changes no mean, only the doubt; the inverse Cholesky factor grows by a block of rows.
        """
        known = self.whiten @ self.covariance(self.x, x)
        left = self.covariance(x, x) - known.T @ known
        left[np.diag_indices(len(x))] += self.noise
        corner = self._inverse_factor(left)
        n, m = known.shape
        after = copy.copy(self)
        after.x, after.alpha = np.vstack([self.x, x]), np.append(self.alpha, np.zeros(m))
        after.whiten = np.zeros((n + m, n + m))
        after.whiten[:n, :n] = self.whiten
        after.whiten[n:, :n] = -corner @ (known.T @ self.whiten)
        after.whiten[n:, n:] = corner
        return after

    def _inverse_factor(self, covariance: Array) -> Array:
        factor, failure = lapack.dpotrf(covariance, lower=1, clean=1)
        if failure:  # rounding only: the noise is bounded away from 0
            covariance[np.diag_indices(len(covariance))] += 1e-4 * self._signal
            factor, _ = lapack.dpotrf(covariance, lower=1, clean=1)
        return np.asarray(lapack.dtrtri(factor, lower=1)[0])


class Forecast:
    """Predictions at fixed places, kept up to date while the process comes to believe some of them.

    Args:
        posterior: The process.
        x: The places (m, d).
        room: How many of them will be believed at most.
    """

    def __init__(self, posterior: Posterior, x: Array, room: int = 0) -> None:
        self._posterior, self._x = posterior, x
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

    def believe(self, place: int) -> None:
        """Place number ``place`` gave exactly what was expected: a rank-one update of all others, O(m n)."""
        explained = self._factors[:, : self._n]
        shared = self._posterior.covariance(self._x, self._x[place, None])[:, 0] - explained @ explained[place]
        column = shared / math.sqrt(max(self._variance[place], 0.0) + self._posterior.noise)
        self._variance -= column**2
        self._factors[:, self._n] = column
        self._n += 1
