"""The median stopping rule (Golovin et al. 2017, "Google Vizier", section 3.2.2)."""

from __future__ import annotations

from besom.config.model import Goal, Median
from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.words import number, ordinal

_FARTHEST = 2**53
_SPARSER = 1.25
"""Each rung is at most a quarter of the way behind the last: a run of a million values leaves sixty, not all."""


class MedianStopper(Stopper):
    """A run ends when its best value so far is worse than the median of the values of all runs at the same point.

    The paper takes the mean of a run's values up to there in place of its value, and judges only by finished runs.
    Means lag behind on falling curves: on those of ``benchmarks/early_stopping`` they save less for the same regret.

    Args:
        rule: The configuration's block.
        goal: Which direction of the metric is better.
    """

    name = "median"
    compares_best = True

    def __init__(self, rule: Median, goal: Goal = "minimize") -> None:
        rungs = [rule.min_iter]
        while rungs[-1] < _FARTHEST:
            steps = max(1, int(rungs[-1] * (_SPARSER - 1)) // rule.interval)
            rungs.append(rungs[-1] + steps * rule.interval)
        super().__init__(rungs, goal)
        self._min_runs = rule.min_runs

    def survivors(self, count: int) -> int:
        """Those before the median, and it; all while there are too few others to know."""
        return count // 2 + 1 if count > self._min_runs else count

    def reason(self, stop: Stop) -> str:
        """See ``Stopper.reason``."""
        return (
            f"stopped at its {ordinal(stop.rung)} value: its best so far, {number(stop.value)}, was worse than "
            f"{number(stop.threshold)}, the median of {stop.of} runs at that point"
        )
