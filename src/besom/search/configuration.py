"""All runs of one configuration: what they make together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from besom.search.method import Observation
from besom.search.point import Values

_POOLED_DEGREES = 4.0
"""Runs that the spread of all configurations counts for in the spread of one."""
_HUGE = 1e150
"""Beyond this a value of a run that diverged counts as this: squares of larger numbers are no numbers any more."""


class Configuration:
    """The runs of one configuration, at most as many as were asked for.

    Args:
        handed_out: What its first run got.
        own: Whether this sweep handed it out, which alone may do so again.
    """

    __slots__ = ("broken", "handed_out", "numbers", "outcomes", "own", "whole")

    def __init__(self, handed_out: Values, *, own: bool) -> None:
        self.handed_out = handed_out
        self.own = own
        self.numbers: set[int] = set()
        """Which repeats were handed out."""
        self.outcomes: list[Observation] = []
        """Of those that are over."""
        self.whole: list[float] = []
        """The values of those that were neither stopped nor broken."""
        self.broken = False
        """Whether at least half of those that are over failed."""

    def hear(self, outcome: Observation) -> None:
        """Take in the outcome of one run."""
        self.outcomes.append(outcome)
        self.broken = 2 * sum(o.failed for o in self.outcomes) >= len(self.outcomes)
        if outcome.y is not None and not outcome.failed and not outcome.stopped:
            self.whole.append(max(-_HUGE, min(_HUGE, outcome.y)))

    @property
    def pending(self) -> int:
        """How many runs are under way."""
        return len(self.numbers) - len(self.outcomes)

    @property
    def mean(self) -> float:
        """Of the whole runs."""
        return math.fsum(self.whole) / len(self.whole)

    def observation(self, pooled: float | None) -> Observation:
        """One observation of all that are over, of which there is at least one.

        The mean of whole runs, with its standard error; without any, what the first one with a value had reached.

        Args:
            pooled: The variance between runs of one configuration, where it is known.
        """
        first = self.outcomes[0]
        if not self.whole:
            known = next((o for o in self.outcomes if o.y is not None), first)
            return Observation(first.values, known.y, failed=self.broken, stopped=known.stopped, id=first.id)
        error = None
        if pooled is not None:
            squares = _POOLED_DEGREES * pooled + _squares(self.whole)
            error = math.sqrt(squares / (_POOLED_DEGREES + len(self.whole) - 1) / len(self.whole))
        imputed = any(o.imputed for o in self.outcomes)
        return Observation(first.values, self.mean, failed=self.broken, imputed=imputed, error=error, id=first.id)


def pooled_variance(configurations: Iterable[Configuration]) -> tuple[float | None, float]:
    """The variance between runs of one configuration, over all that have two or more, and its degrees of freedom."""
    groups = [c.whole for c in configurations if len(c.whole) > 1]
    degrees = sum(len(group) - 1 for group in groups)
    if not degrees:
        return None, 0.0
    return sum(map(_squares, groups)) / degrees, float(degrees)


def _squares(values: Sequence[float]) -> float:
    """The sum of squared distances from the mean."""
    if len(values) == 1:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)
