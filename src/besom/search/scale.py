"""The continuous distributions under the parameters: each maps values to the unit interval and back, as arrays.

``cdf`` of a bounded scale goes on beyond 0 and 1 for values outside the bounds (a prior run may have such a value),
up to one width away; that keeps the run at its true distance instead of moving it onto the border.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

_LARGEST = np.finfo(float).max
_NEAR_ZERO = 1e-300
"""Smaller probabilities are 0 to the beta distribution, whose inverse has no solution there."""
_SMALLEST_TAIL = 2.0**-53
"""Quantiles of unbounded scales are taken no further out than this probability, about 8.2 standard deviations."""


class Scale(ABC):
    """A strictly increasing map between values and [0, 1]; ``lower`` and ``upper`` are the support."""

    lower: float
    upper: float

    @abstractmethod
    def quantile(self, u: Array) -> Array:
        """The values at the probabilities ``u``, any shape; finite for every u in [0, 1]."""

    @abstractmethod
    def cdf(self, x: Array) -> Array:
        """The positions of the values ``x``, any shape."""


@dataclass(frozen=True)
class Linear(Scale):
    """Uniform on [lower, upper]."""

    lower: float
    upper: float

    def quantile(self, u: Array) -> Array:
        """``lower + u * (upper - lower)``, written so that very wide bounds do not overflow."""
        return np.clip((1.0 - u) * self.lower + u * self.upper, self.lower, self.upper)

    def cdf(self, x: Array) -> Array:
        """The share of the way from lower to upper, going on outside."""
        width = self.upper / 2 - self.lower / 2
        return np.clip((x / 2 - self.lower / 2) / width, -1.0, 2.0)


@dataclass(frozen=True)
class Logarithmic(Scale):
    """exp of a uniform number, on [lower, upper], both > 0."""

    lower: float
    upper: float

    def quantile(self, u: Array) -> Array:
        """Geometric interpolation, exact at both ends."""
        low, high = math.log(self.lower), math.log(self.upper)
        return np.clip(np.exp((1.0 - u) * low + u * high), self.lower, self.upper)

    def cdf(self, x: Array) -> Array:
        """The share of the way in logarithms; values <= 0 are put at the far end below."""
        low, high = math.log(self.lower), math.log(self.upper)
        logs = np.log(np.maximum(x, np.finfo(float).tiny))
        return np.clip((logs - low) / (high - low), -1.0, 2.0)


@dataclass(frozen=True)
class Gaussian(Scale):
    """Normal with standard deviation sigma > 0."""

    mu: float
    sigma: float
    lower = -math.inf
    upper = math.inf

    def quantile(self, u: Array) -> Array:
        """``mu + sigma * Phi^-1(u)``, kept finite at 0 and 1."""
        tails = np.clip(u, _SMALLEST_TAIL, 1.0 - _SMALLEST_TAIL)
        return np.asarray(np.clip(self.mu + self.sigma * special.ndtri(tails), -_LARGEST, _LARGEST))

    def cdf(self, x: Array) -> Array:
        """``Phi((x - mu) / sigma)``."""
        with np.errstate(over="ignore"):
            return np.asarray(special.ndtr((x - self.mu) / self.sigma))


@dataclass(frozen=True)
class LogGaussian(Scale):
    """exp of a normal number, sigma > 0."""

    mu: float
    sigma: float
    lower = 0.0
    upper = math.inf

    def quantile(self, u: Array) -> Array:
        """exp of the normal quantile, at most the largest finite number."""
        with np.errstate(over="ignore"):
            return np.minimum(np.exp(Gaussian(self.mu, self.sigma).quantile(u)), _LARGEST)

    def cdf(self, x: Array) -> Array:
        """``Phi((ln x - mu) / sigma)``; 0 for values <= 0."""
        return Gaussian(self.mu, self.sigma).cdf(np.log(np.maximum(x, np.finfo(float).tiny)))


@dataclass(frozen=True)
class BetaScale(Scale):
    """Beta(a, b) on [0, 1], a and b > 0."""

    a: float
    b: float
    lower = 0.0
    upper = 1.0

    def quantile(self, u: Array) -> Array:
        """The inverse of the regularised incomplete beta function."""
        solvable = np.where(u < _NEAR_ZERO, 0.0, u)
        return np.asarray(np.clip(special.betaincinv(self.a, self.b, solvable), 0.0, 1.0))

    def cdf(self, x: Array) -> Array:
        """The regularised incomplete beta function."""
        return np.asarray(special.betainc(self.a, self.b, np.clip(x, 0.0, 1.0)))
