"""``besom.Histogram``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from besom.errors import UsageError
from besom.sdk.media.base import Media, Place, is_array, to_numpy

MOST_BINS = 512


class Histogram(Media):
    """How numbers are distributed: counts in bins. NaN and infinities are left out."""

    MAX_LENGTH = MOST_BINS

    def __init__(
        self,
        sequence: Any = None,
        np_histogram: tuple[Any, Any] | None = None,
        num_bins: int = 64,
    ) -> None:
        """Counts at once, so the numbers need not be kept.

        Args:
            sequence: numbers; array of any shape, or list.
            np_histogram: instead: counts, and the edges of their bins, one more; as ``numpy.histogram`` returns them.
            num_bins: at most 512, of equal width from the smallest number to the largest.

        Raises:
            UsageError: neither or both are given, too many bins, or what is given is not numbers.
        """
        if (sequence is None) == (np_histogram is None):
            raise UsageError("Histogram needs either numbers or np_histogram=(counts, edges).")
        if np_histogram is not None:
            if len(np_histogram) != 2:
                raise UsageError("np_histogram should be a pair: counts, and the edges of their bins.")
            self.histogram, self.bins = (_listed(part) for part in np_histogram)
        else:
            if not 1 <= num_bins <= MOST_BINS:
                raise UsageError(f"Histogram was given num_bins={num_bins}; 1 to {MOST_BINS} are allowed.")
            self.histogram, self.bins = _count(sequence, num_bins)
        if len(self.histogram) > MOST_BINS:
            raise UsageError(f"Histogram was given {len(self.histogram)} bins; {MOST_BINS} are allowed.")
        if len(self.bins) != len(self.histogram) + 1:
            raise UsageError(
                f"Histogram was given {len(self.histogram)} counts and {len(self.bins)} edges.",
                "Each bin has two edges, so there is one edge more than counts.",
            )

    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:  # noqa: ARG002  (needs no file)
        """See ``Media.describe``; all of it stands in the history."""
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins}

    def __repr__(self) -> str:
        return f"<besom.Histogram of {len(self.histogram)} bins>"


def _count(numbers: Any, bins: int) -> tuple[list[float], list[float]]:
    if is_array(numbers):
        import numpy as np  # late: the numbers are in an array

        array = to_numpy(numbers).ravel()
        if array.dtype.kind not in "buif":
            raise UsageError(f"Histogram was given {array.dtype}, which are not numbers.")
        array = array.astype(np.float64)
        array = array[np.isfinite(array)]
        low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 1.0)
        edges = _edges(low, high, bins)
        counts, _ = np.histogram(array, bins=edges)
        return counts.tolist(), edges
    try:
        values = [number for number in map(float, _flat(numbers)) if math.isfinite(number)]
    except (TypeError, ValueError):
        raise UsageError("Histogram was given a value that is not a number.") from None
    edges = _edges(min(values, default=0.0), max(values, default=1.0), bins)
    listed, width = [0.0] * bins, edges[-1] - edges[0]
    for value in values:
        listed[min(bins - 1, int((value - edges[0]) / width * bins))] += 1
    return [int(count) for count in listed], edges


def _edges(low: float, high: float, bins: int) -> list[float]:
    if low == high:  # numbers that are all the same lie in the middle
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    return [low + (high - low) * (index / bins) for index in range(bins)] + [high]


def _flat(numbers: Iterable[Any]) -> Iterable[Any]:
    for number in numbers:
        if isinstance(number, (list, tuple)) or is_array(number):
            yield from _flat(number.ravel().tolist() if hasattr(number, "ravel") else number)
        else:
            yield number


def _listed(part: Any) -> list[float]:
    values = part.tolist() if hasattr(part, "tolist") else list(part)
    if not all(isinstance(value, (int, float)) for value in values):
        raise UsageError("Histogram was given counts or edges that are not numbers.")
    return values
