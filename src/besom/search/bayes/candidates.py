"""The search for the point of highest acquisition: many proposals, then ever smaller mutations of the best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from besom.search.scale import Array
from besom.search.space import Space

Score = Callable[[Array], Array]

_RANDOM = 600
_MUTATED = 600
_ELITE = 8
_CHILDREN = 20
_ROUNDS = 8
_WIDTH = 0.2
_SHRINK = 0.6
_EXHAUSTIVE = 2000
"""Finite spaces up to this size are scored point by point."""


def best_unused(
    space: Space, score: Score, parents: Array, used: frozenset[bytes], rng: np.random.Generator
) -> Array | None:
    """The row of codes with the highest score that is not ``used``; None if every proposal is.

    Args:
        space: Gives and mutates codes.
        score: Codes (n, d) -> (n,), larger is better.
        parents: Good points seen so far (n, d); their surroundings are the cheap form of a trust region.
        used: Keys of points that must not come again.
        rng: Random numbers.
    """
    if space.size is not None and space.size <= _EXHAUSTIVE:
        codes = space.all_codes()
        return _first_unused(space, codes, score(codes), used)

    def scored(codes: Array) -> Array:
        scores = score(codes)
        if space.discrete:  # otherwise repeats are too rare to look for in every round
            scores[[key in used for key in space.keys(codes)]] = -np.inf
        return scores

    widths = _WIDTH * 4.0 ** -rng.integers(0, 4, size=(_MUTATED, 1)).astype(float)
    codes = np.vstack(
        [space.sample(rng, _RANDOM), mutate(space, parents[rng.integers(0, len(parents), _MUTATED)], widths, rng)]
    )
    scores = scored(codes)
    for step in range(_ROUNDS):
        best = np.argpartition(-scores, _ELITE)[:_ELITE]
        width = np.full((_ELITE * _CHILDREN, 1), _WIDTH * _SHRINK**step)
        children = mutate(space, np.repeat(codes[best], _CHILDREN, axis=0), width, rng)
        codes, scores = np.vstack([codes, children]), np.concatenate([scores, scored(children)])
    return _first_unused(space, codes, scores, used)


def mutate(space: Space, codes: Array, width: Array, rng: np.random.Generator) -> Array:
    """Change some parameters of every row, at least one: numbers by a normal step of ``width`` (n, 1) in the unit cube,
    stepped ones by one step at least, categories to any other level.
    """
    n, d = codes.shape
    chosen = rng.random((n, d)) < max(0.3, 1.0 / d)
    chosen[np.arange(n), rng.integers(0, d, n)] = True
    moved = np.where(np.isnan(codes), 0.5, space.positions(codes)) + width * rng.standard_normal((n, d))
    changed = codes.copy()
    for j, dim in enumerate(space.dimensions.values()):
        rows = chosen[:, j] | np.isnan(codes[:, j])
        old = codes[rows, j]
        if space.categorical[j]:
            levels = dim.count or 1
            jump = rng.integers(1, levels, len(old))
            changed[rows, j] = (np.where(np.isnan(old), 0.0, old) + jump) % levels
            continue
        new = dim.nearest(moved[rows, j])
        if space.stepped[j]:
            stuck = new == old
            neighbour = old[stuck] + rng.choice([-1.0, 1.0], int(stuck.sum()))
            new[stuck] = np.clip(neighbour, dim.first, dim.last)
        changed[rows, j] = new
    return changed


def _first_unused(space: Space, codes: Array, scores: Array, used: frozenset[bytes]) -> Array | None:
    for i in np.argsort(-scores, kind="stable"):
        if space.keys(codes[i : i + 1])[0] not in used:
            return np.asarray(codes[i])
    return None
