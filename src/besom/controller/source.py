"""The interface between a sweep's queue and whatever decides what to run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from besom.controller.runs import Changes, SweepRun
from besom.protocol import StopRecord


@dataclass(frozen=True, slots=True)
class Proposal:
    """A configuration to run."""

    params: Mapping[str, Any]
    """Nested values by parameter; those with one value only may be left out."""
    why: Mapping[str, Any] = field(default_factory=dict)
    """What is kept with the run, and shown on its page."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """A run that should end now."""

    run: SweepRun
    reason: str
    record: StopRecord | None = None
    """The rule, its threshold and the like, for the run's page."""


Rule = Callable[[Sequence[SweepRun]], list[Stopping]]
"""From all runs to those that should end now."""


class Source(ABC):
    """Decides what a sweep runs. It hears of every change to a run before it is asked."""

    stays_to_the_end = False
    """Whether it wants to hear how runs end that go on after their sweep's end."""

    def follow(self, changes: Changes) -> None:
        """Hears what happened to runs, also to those that it did not propose; at first, of all there are."""
        _ = changes

    @abstractmethod
    def propose(self, runs: Sequence[SweepRun], count: int) -> list[Proposal] | None:
        """The next configurations.

        Args:
            runs: All runs of the sweep, in every state, oldest first; what was proposed before is among them.
            count: How many are wanted, at least 1.

        Returns:
            At most ``count``: who finds one at a time is asked again at once. An empty list to be asked again at the
            next step; None when there will be no more.
        """

    def hopeless(self, runs: Sequence[SweepRun]) -> list[Stopping]:
        """Running runs that are not worth going on with."""
        _ = runs
        return []

    def is_over(self, runs: Sequence[SweepRun]) -> str | None:
        """Why the sweep should end now, whatever waits; None to go on."""
        _ = runs
        return None
