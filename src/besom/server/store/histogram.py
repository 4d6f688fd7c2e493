"""Counts of how large or how long something was: plain numbers, which cost next to nothing to keep."""

from __future__ import annotations

from bisect import bisect_left

SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0)


class Histogram:
    """How many values lay at or below each bound. To be added to by one thread; any may read it."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...] = SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """Of the values above the bound before, up to this one; the last: above all bounds."""
        self.total = 0.0
        """Sum of all values."""

    def add(self, value: float) -> None:
        """Counts a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value
