"""Which logged things are values of a metric."""

from __future__ import annotations

from collections.abc import Iterable

from besom.config.entry import is_finite


def is_value(value: object) -> bool:
    """Whether something that was logged is a value: a number that is finite. A boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)


def finite(logged: Iterable[object]) -> list[float]:
    """The values among what was logged."""
    return [float(value) for value in logged if is_value(value)]  # type: ignore[arg-type]  # is_value saw to it
