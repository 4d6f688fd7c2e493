"""Grid search: the points of a grid one by one, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

from besom.config.model import GridOrder, Repeat
from besom.search.memory import Memory
from besom.search.method import Method, Observation, Suggestion
from besom.search.point import Values
from besom.search.space import Space


class GridSearch(Method):
    """Hands out the lowest grid points that no trial covers, whatever its state; an empty list when there are none.

    Args:
        order: In which the grid is gone through.
        repeat: How often each configuration is run.
        memory: Where runs lie on the grid, kept between suggestions.
    """

    name = "grid"

    def __init__(self, order: GridOrder = "sorted", repeat: Repeat | None = None, memory: Memory | None = None) -> None:
        self._order, self._repeat, self._memory = order, repeat, memory or Memory()

    def suggest(
        self,
        space: Space,
        observations: Sequence[Observation],
        pending: Sequence[Values],
        *,
        seed: int,
        index: int,  # noqa: ARG002  a grid is walked by what is covered
        count: int = 1,
    ) -> list[Suggestion]:
        """See ``Method.suggest``."""
        grid = self._memory.grid(space, self._order, self._repeat, seed)
        covered = grid.covered([*self._memory.places(grid, observations), *map(grid.index, pending)])
        return [
            Suggestion(grid.point(i), grid.why(i), repeat=grid.split(i)[1])
            for i in grid.lowest_uncovered(covered, count)
        ]
