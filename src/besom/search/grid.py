"""Every combination, as an index: a grid is a number of points, never a list, so its size costs nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from besom.config.equality import same
from besom.config.model import Condition, GridOrder, Parameter, Repeat, SweepConfig
from besom.search.enumeration import MOST_COMBINATIONS
from besom.search.grid_axes import check_listable, grid_dimension
from besom.search.permutation import Permutation
from besom.search.point import Path, Values
from besom.search.space import Space, searched


class Grid:
    """The points of a grid by number, 0 to ``size`` - 1, the last parameter varying fastest, values in written order.

    With repeats, all configurations come once, then all of them again: points ``configurations`` * k and following are
    the k-th pass, k from 0.

    Args:
        parameters: The leaves, without the parameter of the repeats.
        forbid: Combinations that are not points.
        zips: Lists that advance together.
        repeat: How often each configuration is run.
        order: ``random`` goes through the configurations in a pseudo-random order, the same in every pass.
        seed: Of that order.

    Raises:
        ValueError: a parameter cannot be listed (continuous, or without an end), or conditions speak of too many
            combinations to be counted.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        *,
        forbid: Sequence[Condition] = (),
        zips: Sequence[Sequence[Path]] = (),
        repeat: Repeat | None = None,
        order: GridOrder = "sorted",
        seed: int = 0,
    ) -> None:
        parameters = tuple(parameters)
        check_listable(parameters)
        self._space = Space(parameters, forbid=forbid, zips=zips, of=grid_dimension, most=MOST_COMBINATIONS)
        if self._space.enumeration is None:
            raise AssertionError("a grid's parameters were checked, yet one has no end")
        self._points = self._space.enumeration
        self._order = Permutation(self._points.size, seed) if order == "random" and self._points.size else None
        self._repeat = repeat
        self.configurations = self._points.size
        """How many combinations there are."""
        self.times = repeat.times if repeat else 1
        """How often each is run."""
        self.size = self.configurations * self.times

    @classmethod
    def of(cls, config: SweepConfig, seed: int = 0) -> Grid:
        """The grid of a configuration; ``seed`` is for one without a seed of its own."""
        return cls(
            searched(config),
            forbid=config.forbid,
            zips=config.zips,
            repeat=config.repeat,
            order=config.grid_order,
            seed=seed if config.seed is None else config.seed,
        )

    def point(self, index: int) -> dict[Path, Any]:
        """The values of point ``index``, that of the repeat's parameter included.

        Raises:
            IndexError: the index is not in [0, size).
        """
        configuration, number = self.split(index)
        rank = self._order.forward(configuration) if self._order else configuration
        values = self._space.decode(self._points.row(rank))
        if self._repeat and self._repeat.parameter:
            values[self._repeat.parameter] = self._repeat.values[number]
        return values

    def split(self, index: int) -> tuple[int, int]:
        """The configuration of point ``index``, by its number among all, and which repeat of it the point is, from 0.

        Raises:
            IndexError: the index is not in [0, size).
        """
        if not 0 <= index < self.size:
            raise IndexError(f"grid point {index} does not exist: the grid has {self.size} points, counted from 0")
        number, configuration = divmod(index, self.configurations)
        return configuration, number

    def index(self, point: Values) -> int | None:
        """The number of a point; None when it lacks a parameter or has a value that is not on the grid.

        Repeats that no parameter tells apart count as the first.
        """
        row = self._space.encode([point])[0].tolist()
        rank = self._points.index(row)
        if rank is None or not _is_point(self._space.decode(self._points.row(rank)), point):
            return None
        number = 0
        if self._repeat and self._repeat.parameter:
            given = point.get(self._repeat.parameter, _ABSENT)
            numbers = [k for k, value in enumerate(self._repeat.values) if same(value, given)]
            if not numbers:
                return None
            number = numbers[0]
        return number * self.configurations + (self._order.inverse(rank) if self._order else rank)

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

    def covered(self, indices: Iterable[int | None]) -> list[int]:
        """The points that runs cover, by the ``index`` of each run; equal ones are repeats of each other."""
        known = [index for index in indices if index is not None]
        if self._repeat is None or self._repeat.parameter:
            return known
        return [
            index + number * self.configurations
            for index, times in Counter(known).items()
            for number in range(min(times, self.times))
        ]

    def why(self, index: int) -> dict[str, Any]:
        """The explanation of point ``index``."""
        configuration, number = self.split(index)
        why: dict[str, Any] = {"method": "grid", "kind": "grid", "point": index, "of": self.size}
        why["reason"] = f"point {index + 1:,} of {self.size:,} of the grid"
        if self._repeat:
            why |= {"repeat": number + 1, "times": self.times}
            if number:
                why["kind"] = "repeat"
                why["reason"] = (
                    f"repeat {number + 1} of {self.times} of configuration {configuration + 1:,} of "
                    f"{self.configurations:,} of the grid"
                )
        return why


_ABSENT = object()


def _is_point(point: Values, given: Values) -> bool:
    """Whether ``given`` has all values of a point, up to the rounding of numbers."""
    return all(path in given and _alike(value, given[path]) for path, value in point.items())


def _alike(value: Any, given: Any) -> bool:
    if isinstance(value, Mapping) and isinstance(given, Mapping):  # a program may have added keys
        return all(key in given and _alike(item, given[key]) for key, item in value.items())
    if isinstance(value, float) and isinstance(given, float):
        return math.isclose(value, given, rel_tol=1e-9, abs_tol=1e-12)
    return same(value, given)
