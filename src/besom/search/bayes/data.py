"""The observations as the arrays that models are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from besom.search.method import Observation
from besom.search.scale import Array
from besom.search.space import Space

_HUGE = 1e150
"""Values are taken as no larger than this, so that their squares can be added up."""


class Data:
    """Observations as arrays. Those that lack every parameter say nothing about any place and are left out.

    Args:
        space: Where the points lie.
        observations: Oldest first.
        codes: Of all observations, (n, d).
        sign: 1 where smaller values are better, else -1.
    """

    def __init__(self, space: Space, observations: Sequence[Observation], codes: Array, sign: float) -> None:
        y = np.array([math.nan if o.y is None else sign * o.y for o in observations], dtype=float)
        failed = np.array([o.failed for o in observations], dtype=bool)
        placed = ~np.isnan(codes).all(axis=1) if space.d else np.zeros(len(codes), dtype=bool)
        with_value = placed & np.isfinite(y)
        judged = placed & (failed | with_value)
        self.count = len(observations)
        """Of all observations, those without a value included."""
        self.codes, self.y = codes[with_value], np.clip(y[with_value], -_HUGE, _HUGE)
        """Codes (m, d) and values (m,), smaller is better, of those that gave a value."""
        measured = [o for o, has in zip(observations, with_value, strict=True) if has]
        self.error = np.array([_known(o.error) for o in measured], dtype=float)
        """What is known of their standard errors, (m,); 0 where nothing is."""
        self.stopped = np.array([o.stopped for o in measured], dtype=bool)
        """Which of them ended before their time, (m,)."""
        self.ids = [o.id for o in measured]
        self.judged, self.worked = codes[judged], ~failed[judged]
        """Codes (k, d) of those that worked or failed, and which did, (k,)."""


def _known(error: float | None) -> float:
    return min(error, _HUGE) if error is not None and math.isfinite(error) else 0.0
