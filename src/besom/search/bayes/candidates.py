"""The search for points of high acquisition: many proposals, then ever smaller mutations of the best."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator

import numpy as np

from besom.search.scale import Array
from besom.search.space import Space

Score = Callable[[Array], Array]

_DRAWN = 600
"""Random points to begin with, and as many mutations of good ones."""
_ELITE = 8
_CHILDREN = 20
_ROUNDS = 8
_WIDTH = 0.2
_SHRINK = 0.6
_KEPT = 400
_KEPT_RANDOM = 100
_EXHAUSTIVE = 2000
"""Finite spaces up to this size are scored point by point."""
_CHUNK = 64


def propose(
    space: Space,
    score: Score,
    parents: Array,
    used: Collection[bytes],
    rng: np.random.Generator,
    known: Array | None = None,
) -> Array:
    """Codes (m, d) of the best free points that were found, each once, and of some others from anywhere.

    Args:
        space: Gives and mutates codes; if it is small and finite, every point of it is scored.
        score: Codes (n, d) -> (n,), larger is better.
        parents: Good points seen so far (n, d); their surroundings are the cheap form of a trust region.
        used: Keys of points that will not be taken.
        rng: Random numbers.
        known: What was found before the scores changed a little, (m, d): half a search is enough.
    """
    if space.size is not None and space.size <= _EXHAUSTIVE:
        codes, rounds = space.all_codes(), range(0)
    else:
        drawn, rounds = (_DRAWN, range(_ROUNDS)) if known is None else (_DRAWN // 2, range(0, _ROUNDS, 2))
        widths = _WIDTH * 4.0 ** -rng.integers(0, 4, size=(drawn, 1)).astype(float)
        mutants = mutate(space, parents[rng.integers(0, len(parents), drawn)], widths, rng)
        codes = np.vstack([space.sample(rng, drawn), mutants, *([] if known is None else [known])])
    scores = score(codes)
    for step in rounds:
        best = list(itertools.islice(free_rows(space, codes, scores, used), _ELITE))
        if not best:
            break
        width = np.full((len(best) * _CHILDREN, 1), _WIDTH * _SHRINK**step)
        children = mutate(space, np.repeat(codes[best], _CHILDREN, axis=0), width, rng)
        codes, scores = np.vstack([codes, children]), np.concatenate([scores, score(children)])
    rows = list(itertools.islice(free_rows(space, codes, scores, used), _KEPT))
    rows += free_rows(space, codes[:_KEPT_RANDOM], scores[:_KEPT_RANDOM], used)
    return codes[list(dict(zip(space.keys(codes[rows]), rows, strict=True)).values())]


def free_rows(space: Space, codes: Array, scores: Array, used: Collection[bytes]) -> Iterator[int]:
    """Indices of the rows that may be run, best first, one for each point."""
    seen = set()
    order = np.argsort(-scores, kind="stable")
    for begin in range(0, len(order), _CHUNK):
        rows = order[begin : begin + _CHUNK]
        for i, key in zip(rows.tolist(), space.keys(codes[rows]), strict=True):
            if key not in seen and key not in used and space.allowed(codes[i]):
                yield i
            seen.add(key)


def mutate(space: Space, codes: Array, width: Array, rng: np.random.Generator) -> Array:
    """Change some parameters of every row, at least one: numbers by a normal step of ``width`` (n, 1) in the unit cube,
    stepped ones by one step at least, categories to any other level; what comes to exist by that is drawn anew.
    """
    n, d = codes.shape
    absent = np.isnan(codes)
    changed = np.where(absent, space.codes_at(rng.random((n, d))), codes) if absent.any() else codes.copy()
    chosen = rng.random((n, d)) < max(0.3, 1.0 / d)
    chosen[np.arange(n), rng.integers(0, d, n)] = True
    moved = space.positions(changed) + width * rng.standard_normal((n, d))
    for j, dim in enumerate(space.dimensions.values()):
        rows = chosen[:, j] & ~absent[:, j]
        old = changed[rows, j]
        if space.categorical[j]:
            levels = dim.count or 1
            changed[rows, j] = (old + rng.integers(1, levels, len(old))) % levels
            continue
        new = dim.nearest(moved[rows, j])
        if space.stepped[j]:
            stuck = new == old
            neighbour = old[stuck] + rng.choice([-1.0, 1.0], int(stuck.sum()))
            new[stuck] = np.clip(neighbour, dim.first, dim.last)
        changed[rows, j] = new
    return space.settle(changed) if space.conditional else changed
