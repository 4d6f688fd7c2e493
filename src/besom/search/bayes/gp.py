"""An exact Gaussian process: hyperparameters by maximum a posteriori, and the posterior of given data."""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import lapack

from besom.search.bayes.kernel import Hyperparameters, matern52, matern52_slope, squared_differences, squared_distances
from besom.search.scale import Array, Mask

_LENGTHSCALE_SD = 1.2
_SIGNAL_PRIOR = (0.0, 1.0)
_MEAN_VARIANCE = 0.5
"""Of the constant that the process fluctuates around, integrated out (Rasmussen and Williams, eq. 2.39)."""
_NOISE_PRIOR = (-8.0, 2.0)
_LENGTHSCALE_BOUNDS = (math.log(0.03), math.log(100.0))
_SIGNAL_BOUNDS = (-4.0, 5.0)
_NOISE_BOUNDS = (-13.0, 1.5)


def prior_median(d: int, noise: float = _NOISE_PRIOR[0]) -> Hyperparameters:
    """The centre of the priors. Length scales grow with sqrt(d), as typical distances do (arXiv 2402.02229)."""
    return Hyperparameters(np.full(d, math.log(0.75 * math.sqrt(max(d, 1)))), _SIGNAL_PRIOR[0], noise)


def fit(x: Array, y: Array, categorical: Mask, noise: float = _NOISE_PRIOR[0]) -> Hyperparameters:
    """The most probable hyperparameters of data ``x`` (n, d) in the unit cube and ``y`` (n,), from fixed starts.

    Log-normal priors: length scales as ``prior_median`` with log-sd 1.2, signal variance (0, 1), noise variance
    (``noise``, 2). L-BFGS-B with analytic gradients; several starts while they are cheap, since few points leave the
    posterior with several modes.
    """
    from scipy.optimize import minimize  # takes 0.1 s to import, and grid and random never fit

    n, d = x.shape
    centre = prior_median(d, noise)
    objective = _NegativeLogPosterior(squared_differences(x, x, categorical), y, centre)
    bounds = [_LENGTHSCALE_BOUNDS] * d + [_SIGNAL_BOUNDS, _NOISE_BOUNDS]
    starts = [(0.0, 0.0), (-0.8, 3.0)] if n <= 60 else [(0.0, 0.0)]
    solutions = []
    for shift, noise_shift in starts:
        start = np.concatenate([centre.lengthscales + shift, [centre.signal, centre.noise + noise_shift]])
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
        solutions.append((float(found.fun), found.x))
    theta = min(solutions, key=lambda solution: solution[0])[1]
    return Hyperparameters(theta[:d], float(theta[d]), float(theta[d + 1]))


class _NegativeLogPosterior:
    """Minus the log of likelihood times prior, and its gradient, by the log hyperparameters (d + 2,)."""

    def __init__(self, differences: Array, y: Array, centre: Hyperparameters) -> None:
        self.d, self.n = differences.shape[0], differences.shape[1]
        self.differences = differences.reshape(self.d, -1)
        self.y = y
        self.mean = np.concatenate([centre.lengthscales, [centre.signal, centre.noise]])
        self.sd = np.array([_LENGTHSCALE_SD] * self.d + [_SIGNAL_PRIOR[1], _NOISE_PRIOR[1]])

    def __call__(self, theta: Array) -> tuple[float, Array]:
        d, n = self.d, self.n
        inverse_squares = np.exp(-2.0 * theta[:d])
        signal, noise = math.exp(theta[d]), math.exp(theta[d + 1])
        correlation, slope = matern52_slope((inverse_squares @ self.differences).reshape(n, n))
        factor, failure = lapack.dpotrf(signal * correlation + _MEAN_VARIANCE + noise * np.eye(n), lower=1)
        if failure:
            return 1e25, np.zeros(d + 2)
        alpha = lapack.dpotrs(factor, self.y, lower=1)[0].ravel()
        lower = np.tril(lapack.dpotri(factor, lower=1)[0])
        inverse = lower + np.tril(lower, -1).T
        residual = (theta - self.mean) / self.sd
        value = 0.5 * self.y @ alpha + np.log(np.diag(factor)).sum() + 0.5 * residual @ residual
        weight = inverse - np.outer(alpha, alpha)  # d value / d K is half of this (Rasmussen and Williams, eq. 5.9)
        gradient = residual / self.sd
        gradient[:d] += 0.5 * signal * inverse_squares * (self.differences @ (weight * slope).ravel())
        gradient[d] += 0.5 * signal * float(np.vdot(weight, correlation))
        gradient[d + 1] += 0.5 * noise * float(np.trace(weight))
        return float(value), gradient


class Posterior:
    """The process given data, for fixed hyperparameters: predictions of the noiseless function."""

    def __init__(self, x: Array, y: Array, categorical: Mask, hyperparameters: Hyperparameters) -> None:
        self.x, self.y, self.categorical, self.hyperparameters = x, y, categorical, hyperparameters
        self._lengthscales = np.exp(hyperparameters.lengthscales)
        self._signal = math.exp(hyperparameters.signal)
        covariance = self._covariance(x)
        covariance[np.diag_indices(len(x))] += math.exp(hyperparameters.noise)
        factor, failure = lapack.dpotrf(covariance, lower=1, clean=1)
        if failure:  # rounding only: the noise is bounded away from 0
            covariance[np.diag_indices(len(x))] += 1e-4 * self._signal
            factor, _ = lapack.dpotrf(covariance, lower=1, clean=1)
        self._whiten = lapack.dtrtri(factor, lower=1)[0]
        self._alpha = self._whiten.T @ (self._whiten @ y)

    def mean(self, x: Array) -> Array:
        """The expected values at ``x`` (m, d)."""
        return np.asarray(self._covariance(x) @ self._alpha)

    def predict(self, x: Array) -> tuple[Array, Array]:
        """The expected values and standard deviations at ``x`` (m, d), both (m,)."""
        covariance = self._covariance(x)
        explained = covariance @ self._whiten.T
        variance = self._signal + _MEAN_VARIANCE - np.einsum("ij,ij->i", explained, explained)
        return covariance @ self._alpha, np.sqrt(np.maximum(variance, 1e-12 * self._signal))

    def believing(self, x: Array) -> Posterior:
        """The process after the points ``x`` gave exactly what it expects of them (the kriging believer)."""
        return Posterior(
            np.vstack([self.x, x]), np.concatenate([self.y, self.mean(x)]), self.categorical, self.hyperparameters
        )

    def _covariance(self, x: Array) -> Array:
        distances = squared_distances(x, self.x, self.categorical, self._lengthscales)
        return self._signal * matern52(distances) + _MEAN_VARIANCE
