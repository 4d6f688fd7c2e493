"""The values that a grid goes through: in written order, steps counted from the lower bound."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from besom.config.model import Categorical, Constant, Derived, Distribution, IntUniform, Parameter, Uniform
from besom.search.dimension import Dimension, Integer, Levels, clean_step, numbers
from besom.search.scale import Array


def grid_dimension(distribution: Distribution) -> Dimension:
    """The dimension of a distribution that a grid can list."""
    match distribution:
        case Constant(value):
            return Levels([value])
        case Categorical(values):
            return Levels(values)
        case IntUniform(low, high):
            return Integer(low, high)
        case Uniform(low, high, q) if q is not None:
            steps = (Decimal(repr(high)) - Decimal(repr(low))) / Decimal(repr(q))  # the end itself is not a point
            return _Steps(low, q, math.ceil(steps))
    raise ValueError(f"a grid cannot list {distribution}")


def check_listable(parameters: Iterable[Parameter]) -> None:
    """Refuse what is continuous or has no end.

    Raises:
        ValueError: naming the parameter, and what to do.
    """
    for parameter in parameters:
        match parameter.distribution:
            case Uniform(q=q) if q is not None:
                continue
            case Constant() | Categorical() | IntUniform() | Derived():
                continue
        raise ValueError(
            f"parameter {parameter.name!r}: a grid cannot list {parameter.label!r}, which has no countable values; "
            "give it 'values', integer bounds or 'q_uniform', or use method 'random' or 'bayes'"
        )


class _Steps(Integer):
    """``start``, ``start + q``, ... : a grid counts from the lower bound, not from zero."""

    def __init__(self, start: float, q: float, count: int) -> None:
        super().__init__(0, count - 1)
        self._start, self._q = start, q

    def codes(self, values: Sequence[Any]) -> Array:
        """The number of steps nearest to each number."""
        return np.rint((numbers(values) - self._start) / self._q) + 0.0

    def value(self, code: float) -> float | int:
        """Without binary noise."""
        return clean_step(self._start, int(code), self._q)
