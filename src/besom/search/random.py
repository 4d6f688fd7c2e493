"""Random search: every parameter independently from its own distribution, as far as conditions let it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from besom.search.memory import Memory
from besom.search.method import Method, Observation, Suggestion, generator
from besom.search.point import Values
from besom.search.scale import Array
from besom.search.space import Space

_DRAWS = 128
"""Draws before a finite space is walked for a free point; beyond 1 free point in about 30 chance finds it."""


class RandomSearch(Method):
    """Independent draws. A finite space gives no point twice before each was used once; then a new round begins.

    Nor does a finite branch of an endless space come back, such as that of a value to which no number belongs.
    """

    name = "random"

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()

    def suggest(
        self,
        space: Space,
        observations: Sequence[Observation],
        pending: Sequence[Values],
        *,
        seed: int,
        index: int,
        count: int = 1,
    ) -> list[Suggestion]:
        """See ``Method.suggest``."""
        seen, used = np.empty((0, space.d)), frozenset[bytes]()
        if space.returning:
            seen = np.vstack([self._memory.codes(space, observations), space.encode(pending)])
            used = space.used_keys(seen)
        suggestions = []
        for i in range(index, index + count):
            row = draw_unused(space, used, generator(seed, i))
            why = {"method": self.name, "kind": "random", "reason": f"random draw {i + 1:,}", "draw": i + 1}
            suggestions.append(Suggestion(space.decode(row), why))
            if space.returning:
                seen = np.vstack([seen, row])
                left = space.size is None or len(used) + 1 < space.size
                used = used.union(space.keys(row[None])) if left else space.used_keys(seen)
        return suggestions


def draw_unused(space: Space, used: frozenset[bytes], rng: np.random.Generator) -> Array:
    """One random row of codes whose key is not in ``used``, which must leave a finite space at least one point."""
    rows = space.sample(rng, _DRAWS if used else 1)
    free = (i for i, key in enumerate(space.keys(rows)) if key not in used)
    row: Array = rows[next(free, 0)]
    if space.size is not None:
        for _ in used:  # each can be met once, unless floats cannot tell the points apart
            if space.keys(row[None])[0] not in used:
                break
            row = space.successor(row)
    return row
