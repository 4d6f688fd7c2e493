"""Every combination, as an index: a grid is a mixed-radix number, never a list, so its size costs nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from besom.config.model import Categorical, Constant, IntUniform, Parameter, Uniform
from besom.search.dimension import Levels, clean_step
from besom.search.method import Method, Observation, Suggestion
from besom.search.point import Path, Values
from besom.search.space import Space


class Grid:
    """The points of a grid by number, 0 to ``size`` - 1, the last parameter varying fastest, values in written order.

    Raises:
        ValueError: a parameter cannot be listed (continuous, or without an end).
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._axes: dict[Path, _Axis] = {p.path: _axis(p) for p in parameters}
        self.size = math.prod(axis.count for axis in self._axes.values())

    def point(self, index: int) -> dict[Path, Any]:
        """The values of point ``index``.

        Raises:
            IndexError: the index is not in [0, size).
        """
        if not 0 <= index < self.size:
            raise IndexError(f"grid point {index} does not exist: the grid has {self.size} points, counted from 0")
        values = {}
        for path, axis in reversed(self._axes.items()):
            index, digit = divmod(index, axis.count)
            values[path] = axis.value(digit)
        return {path: values[path] for path in self._axes}

    def index(self, point: Values) -> int | None:
        """The number of a point; None when it lacks a parameter or has a value that is not on the grid."""
        index = 0
        for path, axis in self._axes.items():
            digit = axis.digit(point[path]) if path in point else None
            if digit is None:
                return None
            index = index * axis.count + digit
        return index

    def lowest_uncovered(self, covered: Iterable[int], count: int = 1, start: int = 0) -> list[int]:
        """The ``count`` lowest indices from ``start`` on that are not in ``covered``; fewer, or none, when used up.

        ``start`` is a cursor below which everything is known to be covered.
        """
        taken, index = set(covered), start
        found: list[int] = []
        while len(found) < count and index < self.size:
            if index not in taken:
                found.append(index)
            index += 1
        return found


class GridSearch(Method):
    """Hands out the lowest grid points that no trial covers, whatever its state; an empty list when there are none."""

    name = "grid"

    def suggest(
        self,
        space: Space,
        observations: Sequence[Observation],
        pending: Sequence[Values],
        *,
        seed: int,  # noqa: ARG002  a grid has no chance in it
        index: int,  # noqa: ARG002  and is walked by what is covered
        count: int = 1,
    ) -> list[Suggestion]:
        """See ``Method.suggest``."""
        grid = Grid(space.parameters)
        seen = [grid.index(values) for values in [*(o.values for o in observations), *pending]]
        return [
            Suggestion(grid.point(i), {"method": self.name, "point": i, "of": grid.size})
            for i in grid.lowest_uncovered((i for i in seen if i is not None), count)
        ]


class _Axis(Protocol):
    count: int

    def value(self, digit: int) -> Any: ...

    def digit(self, value: Any) -> int | None: ...


class _ListAxis:
    def __init__(self, values: Sequence[Any]) -> None:
        self._levels = Levels(values)
        self.count = len(self._levels.levels)

    def value(self, digit: int) -> Any:
        return self._levels.levels[digit]

    def digit(self, value: Any) -> int | None:
        code = self._levels.codes([value])[0]
        return None if math.isnan(code) else int(code)


class _StepAxis:
    def __init__(self, start: float, q: float, count: int) -> None:
        self._start, self._q, self.count = start, q, count

    def value(self, digit: int) -> float | int:
        return clean_step(self._start, digit, self._q)

    def digit(self, value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        digit = round((value - self._start) / self._q)
        on_grid = 0 <= digit < self.count and math.isclose(
            self.value(digit), value, rel_tol=1e-9, abs_tol=self._q * 1e-9
        )
        return digit if on_grid else None


def _axis(parameter: Parameter) -> _Axis:
    match parameter.distribution:
        case Constant(value):
            return _ListAxis([value])
        case Categorical(values):
            return _ListAxis(values)
        case IntUniform(low, high):
            return _StepAxis(low, 1, high - low + 1)
        case Uniform(low, high, q) if q is not None:
            steps = (Decimal(repr(high)) - Decimal(repr(low))) / Decimal(repr(q))  # the end itself is not a point
            return _StepAxis(low, q, math.ceil(steps))
    raise ValueError(
        f"parameter {parameter.name!r}: a grid cannot list {parameter.label!r}, which has no countable values; "
        "give it 'values', integer bounds or 'q_uniform', or use method 'random' or 'bayes'"
    )
