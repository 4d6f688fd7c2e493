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


def finite(values: Iterable[object]) -> list[float]:
    """The values among what was logged: numbers that are finite. A boolean is none."""
    return [
        float(value)
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)
    ]
