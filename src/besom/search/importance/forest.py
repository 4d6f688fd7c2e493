"""A random forest (Breiman 2001) over binned features, and what each feature is worth for runs it has not seen.

All trees grow together, level by level, so that each step is a handful of array operations over (tree, run) pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from besom.search.importance.table import Feature
from besom.search.scale import Array

TREES = 48
"""With few columns; with many, fewer, so that the work stays the same."""
FEWEST_TREES = 16
_MOST_WORK = 600
"""Trees times columns."""
BINS = 24
MOST_RUNS = 1_000
"""A larger table is sampled: more runs would hardly change the picture."""
_DEEPEST = 12

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Forest:
    """What a forest found."""

    gains: Array
    """Shape (runs, features): by how much splits on a feature lower the squared error of a run, mean over the trees
    that have not seen it. Runs are those of the sample where the table was sampled."""
    fit: float | None
    """Out-of-bag R2: the share of the variance that is predicted right for unseen runs; 0 or less is none."""


@dataclass(slots=True)
class _Pairs:
    """Each run of each tree: where it is, and how often the tree has drawn it (0: the tree has not seen it)."""

    run: Ints
    weight: Array
    node: Ints

    def keep(self, which: np.ndarray[Any, np.dtype[np.bool_]]) -> _Pairs:
        return _Pairs(self.run[which], self.weight[which], self.node[which])


def grow(features: Sequence[Feature], y: Array, rng: np.random.Generator) -> Forest:
    """Grow a forest of regression trees, each on a bootstrap sample of the runs.

    The importance of a feature is its mean decrease in impurity measured on out-of-bag runs (Li et al. 2019, arXiv
    1906.10845): measured on the sample itself it would favour features with many values, and noise.

    Args:
        features: Of n runs, at least one.
        y: The target, shape (n,), finite.
        rng: Where bootstrap samples come from.
    """
    if len(y) > MOST_RUNS:
        kept = np.sort(rng.choice(len(y), MOST_RUNS, replace=False))
        y = y[kept]
    else:
        kept = np.arange(len(y))
    n = len(y)
    columns, owner = _binned(features, kept, rng)
    trees = int(np.clip(_MOST_WORK // len(columns), FEWEST_TREES, TREES))
    gains = np.zeros((n, len(features)))
    least = float(np.clip(n // 100, 1, 5))  # runs in a leaf
    pairs = _Pairs(
        run=np.tile(np.arange(n), trees),
        weight=rng.multinomial(n, np.full(n, 1 / n), size=trees).astype(float).ravel(),
        node=np.repeat(np.arange(trees), n),
    )
    predicted, seen = np.zeros(n), np.zeros(n)
    for depth in range(_DEEPEST + 1):
        count = int(pairs.node.max()) + 1 if len(pairs.node) else 0
        if count == 0:
            break
        total = np.bincount(pairs.node, pairs.weight, count).astype(float)
        mean = np.bincount(pairs.node, pairs.weight * y[pairs.run], count) / np.maximum(total, 1)
        split = _best_splits(columns, y, pairs, total, mean, least)
        splits = split.gain > 1e-12 if depth < _DEEPEST else np.zeros(count, dtype=bool)
        ends = ~splits[pairs.node]
        unseen = ends & (pairs.weight == 0)
        np.add.at(predicted, pairs.run[unseen], mean[pairs.node[unseen]])
        np.add.at(seen, pairs.run[unseen], 1)
        pairs = pairs.keep(~ends)
        right = columns[split.column[pairs.node], pairs.run] > split.bin[pairs.node]
        after = np.where(right, split.right[pairs.node], split.left[pairs.node])
        out = pairs.weight == 0
        lowered = (y[pairs.run] - mean[pairs.node]) ** 2 - (y[pairs.run] - after) ** 2
        np.add.at(gains, (pairs.run[out], owner[split.column[pairs.node[out]]]), lowered[out])
        number = np.cumsum(splits) - 1
        pairs.node = 2 * number[pairs.node] + right
    return Forest(gains / np.maximum(seen, 1)[:, None], _fit(y, predicted, seen))


@dataclass(frozen=True, slots=True)
class _Splits:
    """The best split of each node."""

    gain: Array
    column: Ints
    bin: Ints
    """The last bin that goes to the left."""
    left: Array
    right: Array
    """Means of the two sides."""


def _best_splits(columns: Ints, y: Array, pairs: _Pairs, total: Array, mean: Array, least: float) -> _Splits:
    """The split of each node that lowers the sum of squares most, leaving ``least`` draws on either side."""
    count = len(total)
    every = np.arange(count)
    inside = pairs.weight > 0
    node, run, weight = pairs.node[inside], pairs.run[inside], pairs.weight[inside]
    offset = weight * (y[run] - mean[node])  # of the node's mean, so that sums keep their digits
    gain = np.zeros(count)
    best_column, best_bin = np.zeros((2, count), dtype=np.int64)
    left, right = np.zeros((2, count))
    for j, column in enumerate(columns):
        bins = int(column.max()) + 1
        place = node * bins + column[run]
        drawn = np.cumsum(np.bincount(place, weight, count * bins).reshape(count, bins), axis=1)[:, :-1]
        summed = np.cumsum(np.bincount(place, offset, count * bins).reshape(count, bins), axis=1)[:, :-1]
        other = total[:, None] - drawn
        allowed = (drawn >= least) & (other >= least)
        # The two sides' sums are opposite, for all offsets of a node sum to zero.
        here = np.where(allowed, summed**2, 0.0) * total[:, None] / np.maximum(drawn * other, 1)
        where = here.argmax(axis=1)
        value = here[every, where]
        better = value > gain
        gain = np.where(better, value, gain)
        best_column, best_bin = np.where(better, j, best_column), np.where(better, where, best_bin)
        side = summed[every, where]
        left = np.where(better, mean + side / np.maximum(drawn[every, where], 1), left)
        right = np.where(better, mean - side / np.maximum(other[every, where], 1), right)
    return _Splits(gain, best_column, best_bin, left, right)


def _binned(features: Sequence[Feature], kept: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Columns to split on, shape (m, n), and the feature of each: one for a number, one per level of a category.

    A parameter that is absent because another one says so is given the value of a run picked at random: the difference
    belongs to the parameter that decides. Any other absence is a value of its own.
    """
    columns, owner = [], []
    for j, feature in enumerate(features):
        codes = feature.codes[kept].copy()
        absent = codes < 0
        if feature.conditional and not absent.all():
            codes[absent] = rng.choice(codes[~absent], int(absent.sum()))
        if feature.numbers is not None:
            binned = [_few(codes)]
        else:
            levels = np.unique(codes)
            binned = [(codes == level).astype(np.int64) for level in levels[: 1 if len(levels) == 2 else None]]
        columns += binned
        owner += [j] * len(binned)
    return np.array(columns), np.array(owner)


def _few(codes: Ints) -> Ints:
    """Codes in the same order, dense, and at most ``BINS``: beyond that, bins of about equally many runs."""
    distinct, dense = np.unique(codes, return_inverse=True)
    if len(distinct) <= BINS:
        return np.asarray(dense)
    counts = np.bincount(dense)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(np.unique(np.floor(middle / len(codes) * BINS), return_inverse=True)[1][dense])


def _fit(y: Array, predicted: Array, seen: Array) -> float | None:
    known = seen > 0
    variance = float(((y[known] - y[known].mean()) ** 2).sum()) if known.any() else 0.0
    if variance == 0.0:
        return None
    return 1 - float(((y[known] - predicted[known] / seen[known]) ** 2).sum()) / variance
