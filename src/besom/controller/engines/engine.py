"""What all engines outside the server have in common: which trial a run has, and its values as they come."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from besom.controller.engines.info import SweepInfo, is_number
from besom.controller.failures import told_as
from besom.controller.runs import Changes, SweepRun
from besom.controller.source import Source, Stopping
from besom.protocol import StopRecord

Trial = TypeVar("Trial")
"""What the package calls a run by."""


class Engine(Source, Generic[Trial]):
    """Asks a package for trials, and tells it how their runs went.

    Args:
        info: The facts about the sweep.
    """

    stays_to_the_end = True
    package: str
    """Its name in sentences."""
    ends = "stopped"
    """What it does to a hopeless trial, in its own word."""

    def __init__(self, info: SweepInfo) -> None:
        self._info = info
        self._bound: dict[str, Trial] = {}
        """The trials of runs that have not ended, by the run's id."""
        self._known: set[str] = set()
        """Runs whose trials are finished, and those that the package cannot learn from."""
        self._terminator: Callable[[], Any] | None = None
        """The user's; true to end the sweep."""
        self._reported: dict[str, int] = {}
        """How many values of a run the package was told."""

    def follow(self, changes: Changes) -> None:
        """See ``Source.follow``."""
        for run_id in changes.deleted:
            if (trial := self._bound.pop(run_id, None)) is not None:
                self._abandon(trial)
        for run in changes.changed:
            if run.id not in self._known:
                self._hear(run)

    def hopeless(self, runs: Sequence[SweepRun]) -> list[Stopping]:
        """What the package's rule says of the values that have come since; a step is a value of the metric, from 1."""
        rule = self._stopping_rule() if len(self._info.metrics) == 1 else None
        if rule is None:
            return []
        found = []
        for run in runs:
            trial = self._bound.get(run.id)
            if trial is None or run.state != "running":
                continue
            curve = self._curve(run)
            begun = self._reported.get(run.id, 0)
            for step in range(begun, len(curve)):
                self._report(trial, curve[step], step + 1)
            self._reported[run.id] = len(curve)
            if len(curve) > begun and self._is_hopeless(trial):
                record = StopRecord(rule=f"{self.package.lower()} {rule}", rung=len(curve), value=curve[-1])
                where = f"at value {len(curve)} of the metric, {curve[-1]:.6g}"
                found.append(Stopping(run, f"{self.ends} by {self.package}'s {rule} {where}", record))
        return found

    def is_over(self, runs: Sequence[SweepRun]) -> str | None:  # noqa: ARG002
        """See ``Source.is_over``: the user's terminator decides."""
        if self._terminator is None:
            return None
        with told_as("The terminator"):
            return "the terminator of its optimizer ended it" if self._terminator() else None

    @abstractmethod
    def _hear(self, run: SweepRun) -> None:
        """A run that is not known yet is new, or has changed."""

    @abstractmethod
    def _abandon(self, trial: Trial) -> None:
        """The trial's run was deleted."""

    @abstractmethod
    def _stopping_rule(self) -> str | None:
        """The name of the package's rule of early stopping; None where it stops nothing."""

    @abstractmethod
    def _report(self, trial: Trial, value: float, step: int) -> None:
        """Tells the package a value of the metric."""

    @abstractmethod
    def _is_hopeless(self, trial: Trial) -> bool:
        """Whether the rule would end the trial now."""

    def _curve(self, run: SweepRun) -> list[float]:
        return [float(value) for value in run.curve(self._info.metrics[0].name) if is_number(value)]
