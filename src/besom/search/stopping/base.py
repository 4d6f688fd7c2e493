"""The seam between besom and its rules of early stopping."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """What a stopper needs of one running run; finite numbers only, others neither count nor shift anything."""

    count: int
    """How many values of the metric were logged so far."""
    best: float
    """The best of them, in the direction of the goal."""
    at: Mapping[int, float]
    """The value at each reached bracket b, that is the b-th logged one, counted from 1."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The decision to end a run, with everything needed to explain it."""

    reason: str
    bracket: int
    value: float
    """What was compared."""
    threshold: float
    """What it was worse than."""
    rank: int
    """The threshold's place among the values at the bracket, 1 for the best."""


class Stopper(ABC):
    """A rule that may end running runs early. Stateless: decisions follow from the curves alone."""

    @abstractmethod
    def brackets(self, up_to: int) -> list[int]:
        """The positions at which runs are compared, ascending, each once, none above ``up_to``."""

    @abstractmethod
    def decide(self, run: Curve, at_bracket: Mapping[int, Sequence[float]]) -> Stop | None:
        """Whether a running run should end now.

        Args:
            run: The run in question.
            at_bracket: For each bracket the values there of every run of the sweep that reached it, this one included.
        """
