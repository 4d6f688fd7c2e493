"""How a run stands: what its rule of early stopping knows of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from besom.config.entry import is_finite


@dataclass(frozen=True, slots=True)
class Standing:
    """A run after some values of its metric. Only finite numbers are values; others count and shift nothing."""

    count: int
    """How many values it has logged."""
    value: float
    """The latest."""
    best: float
    """The best so far, in the direction of the goal."""


def is_value(value: object) -> bool:
    """Whether something that was logged is a value: a number that is finite. A boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)


def finite(logged: Iterable[object]) -> list[float]:
    """The values among what was logged."""
    return [float(value) for value in logged if is_value(value)]  # type: ignore[arg-type]  # is_value saw to it
