"""Early stopping by brackets, as ``early_terminate: {type: hyperband}`` means it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from besom.config.model import Goal, Hyperband
from besom.search.stopping.base import Curve, Stop, Stopper

_LONGEST_SERIES = 100
"""How many powers of eta the brackets from min_iter have."""


class HyperbandStopper(Stopper):
    """At the largest bracket it has reached, a run must be among the best floor(n / eta) + 1 of n; ties survive.

    Args:
        rule: The configuration's block.
        goal: Which direction of the metric is better.

    Raises:
        ValueError: the block defines no bracket.
    """

    def __init__(self, rule: Hyperband, goal: Goal = "minimize") -> None:
        self._rule = rule
        self._sign = 1.0 if goal == "minimize" else -1.0
        self._brackets = sorted(set(_brackets(rule)))
        if not self._brackets:
            raise ValueError(
                f"early_terminate has no bracket: max_iter {rule.max_iter} divided by eta {rule.eta:g} (s: {rule.s}) "
                "never gives 1 or more; raise max_iter, or give min_iter"
            )

    def brackets(self, up_to: int) -> list[int]:
        """See ``Stopper.brackets``."""
        return [b for b in self._brackets if b <= up_to]

    def decide(self, run: Curve, at_bracket: Mapping[int, Sequence[float]]) -> Stop | None:
        """See ``Stopper.decide``. Strict compares the value at the bracket, else the best value so far."""
        reached = self.brackets(run.count)
        if not reached:
            return None
        bracket = reached[-1]
        values = sorted(self._sign * v for v in at_bracket.get(bracket, ()))
        if not values:
            return None
        place = int((1.0 / self._rule.eta) * len(values))
        threshold = self._sign * values[place]
        value = run.at[bracket] if self._rule.strict else run.best
        if not self._sign * value > self._sign * threshold:
            return None
        return Stop(self._reason(bracket, value, threshold, place + 1), bracket, value, threshold, place + 1)

    def _reason(self, bracket: int, value: float, threshold: float, rank: int) -> str:
        what = f"{_text(value)} was worse" if self._rule.strict else f"its best so far, {_text(value)}, was worse"
        return (
            f"stopped at its {ordinal(bracket)} value: {what} than {_text(threshold)}, the {_place(rank)} at that point"
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


def ordinal(n: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``, ``21st``."""
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


_WORDS = ("best", "second-best", "third-best", "fourth-best", "fifth-best", "sixth-best", "seventh-best", "eighth-best")


def _place(rank: int) -> str:
    return _WORDS[rank - 1] if rank <= len(_WORDS) else f"{ordinal(rank)}-best"


def _text(value: float) -> str:
    return f"{value:.6g}"
