"""Linear (Pearson) and rank (Spearman) correlation between a parameter and a metric."""

from __future__ import annotations

from typing import Any

import numpy as np

from besom.search.scale import Array

_LEAST_RUNS = 3


def pearson(x: Array, y: Array) -> float | None:
    """Pearson's r in [-1, 1] of two columns of finite numbers; None where one of them does not vary, and for fewer than
    three runs: a line goes through any two points.

    Both are scaled first, so that neither huge nor tiny values are lost in their squares.
    """
    if len(x) < _LEAST_RUNS:
        return None
    x, y = _centred(x), _centred(y)
    size = float(np.sqrt((x @ x) * (y @ y)))
    return None if size == 0.0 else float(np.clip((x @ y) / size, -1.0, 1.0))


def spearman(x: Array, y: Array) -> float | None:
    """Pearson's r of the ranks: how steadily the one rises with the other, on whatever scale; outliers do not count."""
    return pearson(ranks(x), ranks(y))


def ranks(x: Array) -> Array:
    """Ranks from 0 on; equal numbers share the mean of theirs."""
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return np.asarray(middle[inverse], dtype=float)


def _centred(x: Array) -> Array:
    scale: Any = np.abs(x).max()
    if scale == 0.0 or np.ptp(x / scale) <= 1e-12:
        return np.zeros(len(x))
    scaled = x / scale
    centred = scaled - scaled.mean()
    return np.asarray(centred / np.abs(centred).max())
