"""Asynchronous successive halving (Li et al. 2018, arXiv 1810.05934), in the variant that stops instead of pausing."""

from __future__ import annotations

import itertools
import math

from besom.config.model import Asha, Goal
from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.words import number, ordinal, place

_FARTHEST = 2**53


class AshaStopper(Stopper):
    """At each rung only the best 1 / eta of the runs that reached it go on.

    Rungs are at floor(min_iter * eta^k), k = 0, 1, 2 ... below ``max_iter``. No run waits for others: as it reaches a
    rung, it is judged among those that have come so far. That is algorithm 2 of the paper with stopping in place of
    pausing, because a paused run could not go on in another process.

    Args:
        rule: The configuration's block.
        goal: Which direction of the metric is better.
    """

    name = "asha"

    def __init__(self, rule: Asha, goal: Goal = "minimize") -> None:
        end = _FARTHEST if rule.max_iter is None else rule.max_iter
        steps = (rule.min_iter * rule.eta**power for power in itertools.count())
        below = itertools.takewhile(lambda rung: rung < end, map(math.floor, steps))
        super().__init__(sorted(set(below)), goal)
        self._eta = rule.eta

    def survivors(self, count: int) -> int:
        """See ``Stopper.survivors``."""
        return max(1, int(count / self._eta))

    def reason(self, stop: Stop) -> str:
        """See ``Stopper.reason``."""
        return (
            f"stopped at its {ordinal(stop.rung)} value: {number(stop.value)} was worse than {number(stop.threshold)}, "
            f"the {place(stop.rank)} of {stop.of} at that point"
        )
