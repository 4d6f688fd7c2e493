"""What a Gaussian process is fitted with: the most probable hyperparameters of given data."""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from besom.search.bayes.kernel import MEAN_VARIANCE, Hyperparameters, matern52_slope, squared_differences
from besom.search.scale import Array, Mask

_LENGTHSCALE_SD = 1.2
_SHARED = 0.67
"""Correlation of the log length scales of numbers: a few results tell how rough a function is, not yet along which."""
_SIGNAL_PRIOR = (0.0, 1.0)
_NOISE_PRIOR = (-8.0, 2.0)
_LENGTHSCALE_BOUNDS = (math.log(0.03), math.log(100.0))
_SIGNAL_BOUNDS = (-4.0, 5.0)
_NOISE_BOUNDS = (-13.0, 1.5)


def prior_median(d: int, noise: float = _NOISE_PRIOR[0]) -> Hyperparameters:
    """The centre of the priors. Length scales grow with sqrt(d), as typical distances do (arXiv 2402.02229)."""
    return Hyperparameters(np.full(d, math.log(0.75 * math.sqrt(max(d, 1)))), _SIGNAL_PRIOR[0], noise)


def fit(
    x: Array, y: Array, categorical: Mask, variance: Array | float = 0.0, noise: float = _NOISE_PRIOR[0]
) -> Hyperparameters:
    """The most probable hyperparameters of data ``x`` (n, d) in the unit cube and ``y`` (n,), from fixed starts.

    Log-normal priors: length scales as ``prior_median``, signal variance (0, 1), noise variance (``noise``, 2). The
    log-sd of a length scale is 1.2, and two thirds of its variance are shared by all numbers. L-BFGS-B with analytic
    gradients; several starts while they are cheap, since few points leave the posterior with several modes.

    Args:
        x: Positions.
        y: Values.
        categorical: Which parameters are categories, shape (d,).
        variance: What is known of the noise's variance at each point, (n,); the fitted noise comes on top.
        noise: The centre of the prior of the log noise variance.
    """
    from scipy.optimize import minimize  # takes 0.1 s to import, and grid and random never fit

    n, d = x.shape
    centre = prior_median(d, noise)
    objective = _NegativeLogPosterior(x, y, categorical, variance, centre)
    bounds = [_LENGTHSCALE_BOUNDS] * d + [_SIGNAL_BOUNDS, _NOISE_BOUNDS]
    starts = [(0.0, 0.0), (-0.8, 3.0)] if n <= 60 else [(0.0, 0.0)]
    solutions = []
    for shift, noise_shift in starts:
        start = np.concatenate([centre.lengthscales + shift, [centre.signal, centre.noise + noise_shift]])
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
        solutions.append((float(found.fun), found.x))
    theta = min(solutions, key=lambda solution: solution[0])[1]
    return Hyperparameters(theta[:d], float(theta[d]), float(theta[d + 1]))


def _prior_precision(categorical: Mask) -> Array:
    """The inverse covariance of the log hyperparameters, (d + 2, d + 2), length scales first."""
    numeric = np.logical_not(categorical)
    correlation = np.where(np.outer(numeric, numeric), _SHARED, 0.0)
    np.fill_diagonal(correlation, 1.0)
    lengthscales = linalg.inv(_LENGTHSCALE_SD**2 * correlation)
    return np.asarray(linalg.block_diag(lengthscales, _SIGNAL_PRIOR[1] ** -2.0, _NOISE_PRIOR[1] ** -2.0))


class _NegativeLogPosterior:
    """Minus the log of likelihood times prior, and its gradient, by the log hyperparameters (d + 2,)."""

    def __init__(self, x: Array, y: Array, categorical: Mask, variance: Array | float, centre: Hyperparameters) -> None:
        self.n, self.d = x.shape
        self.differences = squared_differences(x, x, categorical).reshape(self.d, -1)
        self.y = y
        self.fixed = np.diag(np.broadcast_to(variance, self.n)) + MEAN_VARIANCE
        self.mean = np.concatenate([centre.lengthscales, [centre.signal, centre.noise]])
        self.precision = _prior_precision(categorical)

    def __call__(self, theta: Array) -> tuple[float, Array]:
        d, n = self.d, self.n
        inverse_squares = np.exp(-2.0 * theta[:d])
        signal, noise = math.exp(theta[d]), math.exp(theta[d + 1])
        correlation, slope = matern52_slope((inverse_squares @ self.differences).reshape(n, n))
        factor, failure = lapack.dpotrf(signal * correlation + self.fixed + noise * np.eye(n), lower=1)
        if failure:
            return 1e25, np.zeros(d + 2)
        alpha = lapack.dpotrs(factor, self.y, lower=1)[0].ravel()
        lower = np.tril(lapack.dpotri(factor, lower=1)[0])
        inverse = lower + np.tril(lower, -1).T
        shift = theta - self.mean
        gradient = self.precision @ shift
        value = 0.5 * self.y @ alpha + np.log(np.diag(factor)).sum() + 0.5 * shift @ gradient
        weight = inverse - np.outer(alpha, alpha)  # d value / d K is half of this (Rasmussen and Williams, eq. 5.9)
        gradient[:d] += 0.5 * signal * inverse_squares * (self.differences @ (weight * slope).ravel())
        gradient[d] += 0.5 * signal * float(np.vdot(weight, correlation))
        gradient[d + 1] += 0.5 * noise * float(np.trace(weight))
        return float(value), gradient
