"""Fewer points for the same picture: the minimum and the maximum of every bucket of steps, so no peak is lost."""

from __future__ import annotations

import numpy as np

from besom.server.store.columns import Floats, Integers

FEWEST = 4
"""Points that are always granted: the first, the last, and one bucket's extremes."""


def buckets_of(points: int) -> int:
    """How many buckets fill ``points`` points, the first and the last point set aside."""
    return (max(points, FEWEST) - 2) // 2


def bucket_of(steps: Integers, first: int, last: int, buckets: int) -> Integers:
    """The bucket of each step, when ``buckets`` of equal width span ``first`` to ``last``."""
    place: Integers = ((steps - first) * (buckets / (last - first + 1))).astype(np.int64)
    return np.minimum(place, buckets - 1)


def thin(steps: Integers, values: Floats, points: int) -> tuple[Integers, Floats]:
    """At most ``points`` of the given points: first, last, and each bucket's minimum and maximum.

    Args:
        steps: one per value, any order.
        values: numbers; NaN is kept only where a bucket has nothing else.
        points: at least FEWEST are granted.

    Returns:
        Steps in ascending order, and their values.
    """
    order = np.argsort(steps, kind="stable")
    steps, values = steps[order], values[order]
    if len(steps) <= max(points, FEWEST):
        return steps, values
    bucket = bucket_of(steps, int(steps[0]), int(steps[-1]), buckets_of(points))
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    lengths = np.diff(starts, append=len(steps))
    # By reductions over the buckets and not by sorting their values, which takes ten times as long. Both pass over NaN.
    lows, highs = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    low, high = (np.flatnonzero(values == np.repeat(extremes, lengths)) for extremes in (lows, highs))
    first_low = low[np.diff(bucket[low], prepend=-1) > 0]
    last_high = high[np.diff(bucket[high], append=buckets_of(points)) > 0]
    kept = np.unique(np.concatenate([[0], first_low, last_high, starts[np.isnan(lows)], [len(steps) - 1]]))
    return steps[kept], values[kept]
