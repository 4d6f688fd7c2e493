"""Which observations a model is made of when there are too many: the cost of a suggestion stays flat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from besom.search.scale import Array

Rows = NDArray[np.intp]


def choose(y: Array, best: int, newest: int, others: int) -> Rows:
    """Ascending indices of the best (smallest ``y``), the newest (last) and some others, drawn from a fixed seed.

    All of them when there are no more than the three numbers together.
    """
    n = len(y)
    if n <= best + newest + others:
        return np.arange(n)
    kept = np.zeros(n, dtype=bool)
    kept[np.argsort(y, kind="stable")[:best]] = True
    kept[n - newest :] = True
    rest = np.flatnonzero(~kept)
    kept[np.random.default_rng(n).permutation(rest)[:others]] = True
    return np.flatnonzero(kept)
