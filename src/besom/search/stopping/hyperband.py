"""Early stopping by brackets, as ``early_terminate: {type: hyperband}`` means it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from besom.config.model import Goal, Hyperband
from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.words import number, ordinal, place

_LONGEST_SERIES = 100
"""How many powers of eta the brackets from min_iter have."""


class HyperbandStopper(Stopper):
    """At the largest bracket it has reached, a run must be among the best floor(n / eta) + 1 of n.

    Args:
        rule: The configuration's block.
        goal: Which direction of the metric is better.

    Raises:
        ValueError: the block defines no bracket.
    """

    name = "hyperband"
    again = True

    def __init__(self, rule: Hyperband, goal: Goal = "minimize") -> None:
        super().__init__(sorted(set(_brackets(rule))), goal)
        self._rule = rule
        self.compares_best = not rule.strict
        if not self._rungs:
            raise ValueError(
                f"early_terminate has no bracket: max_iter {rule.max_iter} divided by eta {rule.eta:g} (s: {rule.s}) "
                "never gives 1 or more; raise max_iter, or give min_iter"
            )

    def survivors(self, count: int) -> int:
        """See ``Stopper.survivors``."""
        return int((1.0 / self._rule.eta) * count) + 1

    def reason(self, stop: Stop) -> str:
        """See ``Stopper.reason``."""
        what = f"its best so far, {number(stop.value)}," if self.compares_best else number(stop.value)
        return (
            f"stopped at its {ordinal(stop.rung)} value: {what} was worse than {number(stop.threshold)}, "
            f"the {place(stop.rank)} at that point"
        )


def _brackets(rule: Hyperband) -> Iterator[int]:
    if rule.max_iter is not None:
        bound = float(rule.max_iter)
        for _ in range(rule.s or 0):
            bound /= rule.eta
            if bound < 1:
                return
            yield math.floor(bound)
    elif rule.min_iter is not None:
        bound = float(rule.min_iter)
        for _ in range(_LONGEST_SERIES):
            if not math.isfinite(bound):
                return
            yield math.floor(bound)
            bound *= rule.eta
