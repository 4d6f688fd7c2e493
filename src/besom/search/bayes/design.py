"""The points before there is a model: the centre, then Latin hypercubes, each row available by its number alone."""

from __future__ import annotations

import numpy as np

from besom.search.scale import Array, Mask

_TRIES = 16


def design_size(d: int) -> int:
    """How many points to spread before the model is asked."""
    return min(10, 4 + d // 2)


def design_point(d: int, number: int, seed: int, categorical: Mask) -> Array:
    """Quantiles (d,) of design point ``number`` >= 0; goes on for ever, block after block.

    Number 0 is the centre of all numeric parameters. A block is, of a few random Latin hypercubes, the one
    whose nearest points lie farthest apart: like a Sobol sequence it covers each axis evenly, at any number of points.
    """
    rows = design_size(d)
    block, row = divmod(number, rows)
    rng = np.random.default_rng([seed % 2**64, block, rows])
    cubes = [_latin_hypercube(rng, rows, d, centred=block == 0, categorical=categorical) for _ in range(_TRIES)]
    return np.asarray(max(cubes, key=_separation)[row])


def _latin_hypercube(rng: np.random.Generator, rows: int, d: int, *, centred: bool, categorical: Mask) -> Array:
    if not centred:
        return (rng.permuted(np.tile(np.arange(rows)[:, None], (1, d)), axis=0) + rng.random((rows, d))) / rows
    cube = np.empty((rows, d))
    cube[1:] = (rng.permuted(np.tile(np.arange(rows - 1)[:, None], (1, d)), axis=0) + rng.random((rows - 1, d))) / (
        rows - 1
    )
    cube[0] = np.where(categorical, rng.random(d), 0.5)
    return cube


def _separation(cube: Array) -> float:
    squares = ((cube[:, None] - cube[None]) ** 2).sum(axis=-1)
    return float(squares[np.triu_indices(len(cube), 1)].min(initial=np.inf))
