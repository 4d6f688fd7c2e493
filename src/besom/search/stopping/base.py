"""The interface between besom and its rules of early stopping."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from besom.config.model import Goal


class Ranked(Protocol):
    """The values at a rung of the runs that reached it, best first. A list is one; a server asks its database."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> float: ...


@dataclass(frozen=True, slots=True)
class Stop:
    """The decision to end a run, with everything needed to explain it."""

    reason: str
    """A sentence for people."""
    rule: str
    """As ``early_terminate.type`` names it."""
    rung: int
    """The position at which runs were compared: the rung-th value of the metric, counted from 1."""
    value: float
    """What was compared."""
    threshold: float
    """What it was worse than."""
    rank: int
    """The threshold's place among the values at the rung, 1 for the best."""
    of: int
    """How many runs had a value at the rung."""

    def as_record(self) -> dict[str, Any]:
        """The decision as JSON, without the sentence."""
        return {
            "rule": self.rule,
            "rung": self.rung,
            "value": self.value,
            "threshold": self.threshold,
            "rank": self.rank,
            "of": self.of,
        }


class Stopper(ABC):
    """A rule that may end running runs early: at a rung, the best so many of the runs that reached it go on.

    A run is judged at the largest rung that it has reached. It ends when it is worse than the last value there that is
    good enough; ties survive, and so does a lone run. Stateless: decisions follow from the curves alone.
    """

    name: str
    """As ``early_terminate.type`` names it."""
    again = False
    """Whether a run is judged on each report, among all that have reached its last rung since; else once per rung."""
    compares_best = False
    """Whether a run is judged by its best value so far; else by its value at the rung."""

    def __init__(self, rungs: Sequence[int], goal: Goal) -> None:
        self._rungs = rungs
        self.goal = goal

    def rungs(self, up_to: int) -> Sequence[int]:
        """The positions at which runs are compared, ascending, each once, none above ``up_to``."""
        return self._rungs[: bisect_right(self._rungs, up_to)]

    @abstractmethod
    def survivors(self, count: int) -> int:
        """How many of ``count`` runs at a rung go on; at least 1."""

    @abstractmethod
    def reason(self, stop: Stop) -> str:
        """Why a run is stopped, in a sentence without a full stop. ``stop`` has no reason yet."""

    def decide(self, rung: int, at_rung: float, best: float, ranked: Ranked) -> Stop | None:
        """Whether a running run should end now.

        Args:
            rung: The largest rung that it has reached.
            at_rung: Its value there, that is the rung-th one.
            best: The best of all its values so far.
            ranked: The values there of all runs of the sweep that reached it, in any state, this one included.
        """
        count = len(ranked)
        place = self.survivors(count)
        if place >= count:
            return None
        value, threshold = best if self.compares_best else at_rung, ranked[place - 1]
        if not (value > threshold if self.goal == "minimize" else value < threshold):
            return None
        stop = Stop("", self.name, rung, value, threshold, place, count)
        return replace(stop, reason=self.reason(stop))
