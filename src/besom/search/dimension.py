"""One searchable parameter: its values, its *codes* (what methods compute with), its *positions* (what models see).

A code is a float64: the place in [0, 1] of a continuous value, the number k of a stepped value ``k * q``, the index of
a categorical level. A position is a code brought to [0, 1]; those of categories stay indices, only ever compared.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from besom.config import model
from besom.search.point import identity
from besom.search.scale import Array, BetaScale, Gaussian, Linear, Logarithmic, LogGaussian, Scale

_LARGEST_STEP = 1e300
"""Step numbers are kept finite, so that an overflowing log-normal still has a value."""


class Dimension(ABC):
    """What every kind of parameter can do."""

    count: int | None
    """How many distinct values there are; None when continuous or unbounded."""
    first: float = 0.0
    """The lowest code of a countable dimension; the others follow in steps of 1."""
    last: float = 1.0
    """The highest code."""

    @abstractmethod
    def codes_at(self, u: Array) -> Array:
        """The codes of the quantiles at ``u`` in [0, 1]: the parameter's own distribution."""

    @abstractmethod
    def codes(self, values: Sequence[Any]) -> Array:
        """The codes of reported values; NaN for a value of the wrong kind."""

    @abstractmethod
    def positions(self, codes: Array) -> Array:
        """Where codes lie on the model's axis."""

    @abstractmethod
    def nearest(self, positions: Array) -> Array:
        """The codes nearest to positions in [0, 1]."""

    @abstractmethod
    def value(self, code: float) -> Any:
        """The value a run gets, with the type its distribution promises."""

    def quantile(self, u: float) -> Any:
        """The value at probability ``u``."""
        return self.value(float(self.codes_at(np.array([float(u)]))[0]))


class Continuous(Dimension):
    """A real number on a scale."""

    count = None

    def __init__(self, scale: Scale) -> None:
        self.scale = scale

    def codes_at(self, u: Array) -> Array:
        """Codes are quantiles here."""
        return np.clip(u, 0.0, 1.0)

    def codes(self, values: Sequence[Any]) -> Array:
        """The cdf of each number."""
        return np.asarray(self.scale.cdf(numbers(values)))

    def positions(self, codes: Array) -> Array:
        """Codes are positions here."""
        return codes

    def nearest(self, positions: Array) -> Array:
        """Inside [0, 1]."""
        return np.clip(positions, 0.0, 1.0)

    def value(self, code: float) -> float:
        """A float."""
        return float(self.scale.quantile(np.array(code)))


class Stepped(Dimension):
    """Multiples of ``q``, those inside the scale's bounds; integers when ``q`` is one.

    Where no multiple of q lies inside the bounds, the ones that rounding reaches from inside are taken.
    """

    def __init__(self, scale: Scale, q: float) -> None:
        self.scale, self.q = scale, q
        tolerance = 1e-9  # of bounds written in decimals, relative to them
        low, high = scale.lower / q, scale.upper / q
        self.low = math.ceil(low - tolerance * abs(low)) if math.isfinite(low) else -_LARGEST_STEP
        self.high = math.floor(high + tolerance * abs(high)) if math.isfinite(high) else _LARGEST_STEP
        if self.low > self.high:
            self.low, self.high = round(low), round(high)
        bounded = math.isfinite(low) and math.isfinite(high)
        self.count = int(self.high) - int(self.low) + 1 if bounded else None
        self.first, self.last = float(self.low), float(self.high)

    def codes_at(self, u: Array) -> Array:
        """``round(X / q)`` with halves to the even neighbour, clipped to the multiples inside."""
        with np.errstate(over="ignore"):
            return np.clip(np.rint(self.scale.quantile(u) / self.q), self.low, self.high) + 0.0

    def codes(self, values: Sequence[Any]) -> Array:
        """The number of steps nearest to each number."""
        return np.rint(np.clip(numbers(values) / self.q, -_LARGEST_STEP, _LARGEST_STEP)) + 0.0

    def positions(self, codes: Array) -> Array:
        """The scale's cdf of the stepped value, so a model is constant inside a cell."""
        return self.scale.cdf(codes * self.q)

    def nearest(self, positions: Array) -> Array:
        """The same rounding as for sampling."""
        return self.codes_at(np.clip(positions, 0.0, 1.0))

    def value(self, code: float) -> float | int:
        """``code * q`` without binary noise: 0.3, not 0.30000000000000004."""
        return clean_step(0, int(code), self.q)


class Integer(Dimension):
    """The integers from low to high, both included."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.count = high - low + 1
        self.first, self.last = float(low), float(high)

    def codes_at(self, u: Array) -> Array:
        """``low + ceil(u * n) - 1``."""
        n = self.high - self.low + 1
        return np.clip(self.low + np.ceil(u * n) - 1.0, self.low, self.high) + 0.0

    def codes(self, values: Sequence[Any]) -> Array:
        """The numbers themselves; a program may have turned them into floats."""
        return np.rint(numbers(values)) + 0.0

    def positions(self, codes: Array) -> Array:
        """Linear, the ends at 0 and 1."""
        return Linear(self.low, self.high).cdf(codes)

    def nearest(self, positions: Array) -> Array:
        """The nearest integer inside."""
        return np.rint(Linear(self.low, self.high).quantile(np.clip(positions, 0.0, 1.0))) + 0.0

    def value(self, code: float) -> float | int:
        """An int."""
        return min(max(int(code), self.low), self.high)


class Levels(Dimension):
    """One of a list of JSON values. Equal elements are one level, with their shares added; those of share 0 go."""

    def __init__(self, values: Sequence[Any], probabilities: Sequence[float] | None = None) -> None:
        kept = [i for i in range(len(values)) if probabilities is None or probabilities[i] > 0]
        levels: dict[Any, Any] = {}
        for i in kept:
            levels[identity(values[i])] = values[i]  # the place of the first, the type of the last, of equal elements
        self.levels = list(levels.values())
        self.count = len(self.levels)
        self.last = self.count - 1.0
        self._index = {key: i for i, key in enumerate(levels)}
        self._element_level = np.array([self._index[identity(values[i])] for i in kept], dtype=float)
        weights = None if probabilities is None else np.array([probabilities[i] for i in kept], dtype=float)
        self._cumulative = None if weights is None else np.cumsum(weights / weights.sum())
        self._known_keys = {key for level in self.levels if isinstance(level, Mapping) for key in level}

    def codes_at(self, u: Array) -> Array:
        """Element ``ceil(u * n) - 1``, or the first whose cumulative probability exceeds u."""
        n = len(self._element_level)
        element = np.ceil(u * n) - 1.0 if self._cumulative is None else np.searchsorted(self._cumulative, u, "right")
        return np.asarray(self._element_level[np.clip(element, 0, n - 1).astype(int)])

    def codes(self, values: Sequence[Any]) -> Array:
        """The index of each value; NaN for one that is not listed."""
        return np.array([self._level(value) for value in values], dtype=float)

    def positions(self, codes: Array) -> Array:
        """Indices; only their equality means anything."""
        return codes

    def nearest(self, positions: Array) -> Array:
        """Positions are codes here."""
        return positions

    def value(self, code: float) -> Any:
        """The element with its own type."""
        return self.levels[int(code)]

    def _level(self, value: Any) -> float:
        index = self._index.get(identity(value))
        if index is None and isinstance(value, Mapping):  # the program may have added keys to a dict it was given
            index = self._index.get(identity({k: v for k, v in value.items() if k in self._known_keys}))
        return math.nan if index is None else float(index)


def dimension(distribution: model.Distribution) -> Dimension:
    """The dimension of a checked distribution; a constant and a normal with sigma 0 have one level."""
    match distribution:
        case model.Constant(value):
            return Levels([value])
        case model.Categorical(values, probabilities):
            return Levels(values, probabilities)
        case model.IntUniform(low, high):
            return Integer(low, high)
        case model.Uniform(low, high, q):
            scale: Scale = Linear(low, high)
        case model.LogUniform(low, high, q):
            scale = Logarithmic(low, high)
        case model.Normal(mu, sigma, q):
            if sigma == 0:
                return Levels([float(mu) if q is None else clean_step(0, round(mu / q), q)])
            scale = Gaussian(mu, sigma)
        case model.LogNormal(mu, sigma, q):
            if sigma == 0:
                median = float(LogGaussian(mu, 1.0).quantile(np.array(0.5)))
                return Levels([median if q is None else clean_step(0, round(median / q), q)])
            scale = LogGaussian(mu, sigma)
        case model.Beta(a, b, q):
            scale = BetaScale(a, b)
    return Continuous(scale) if q is None else Stepped(scale, q)


def clean_step(start: float, steps: int, q: float) -> float | int:
    """``start + steps * q`` in decimal arithmetic; an integer when q is one and the result is whole, else a float."""
    if isinstance(q, int) and float(start).is_integer():
        return int(start) + steps * q
    return float(Decimal(repr(start)) + steps * Decimal(repr(q)))


def numbers(values: Sequence[Any]) -> Array:
    """Values as floats; NaN for what is no finite number."""
    return np.array([_number(value) for value in values], dtype=float)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:  # an integer beyond all floats
        return math.nan
