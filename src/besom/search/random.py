"""Random search: every parameter independently from its own distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from besom.search.method import Method, Observation, Suggestion, generator
from besom.search.point import Values
from besom.search.scale import Array
from besom.search.space import Space

_DRAWS = 128
"""Draws before a finite space is walked for a free point; beyond 1 free point in about 30 chance finds it."""


class RandomSearch(Method):
    """Independent draws. A finite space gives no point twice before each was used once; then a new round begins."""

    name = "random"

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
        seen = np.empty((0, space.d))
        if space.size is not None:
            seen = space.encode([*(o.values for o in observations), *pending])
        suggestions = []
        for i in range(index, index + count):
            row = draw_unused(space, space.used_keys(seen), generator(seed, i))
            why = {"method": self.name, "kind": "random", "reason": f"random draw {i + 1:,}", "draw": i + 1}
            suggestions.append(Suggestion(space.decode(row), why))
            if space.size is not None:
                seen = np.vstack([seen, row])
        return suggestions


def draw_unused(space: Space, used: frozenset[bytes], rng: np.random.Generator) -> Array:
    """One random row of codes whose key is not in ``used``, which must leave a finite space at least one point."""
    rows = space.sample(rng, _DRAWS if used else 1)
    free = (i for i, key in enumerate(space.keys(rows)) if key not in used)
    row: Array = rows[next(free, 0)]
    if space.size is not None:
        while space.keys(row[None])[0] in used:
            row = space.successor(row)
    return row
