"""What a rule of early stopping would have done to runs that have ended: compute saved, and what was lost for it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.race import Race


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run as it was."""

    id: str
    started: float
    """Seconds, on the clock of ``times``."""
    ended: float
    values: Sequence[float]
    """The finite values of the metric, oldest first."""
    times: Sequence[float]
    """When each was logged."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run as it would have been."""

    run: Recorded
    stop: Stop | None
    """None: it would have gone on to its end."""
    kept: int
    """How many of its values it would have logged."""
    saved: float
    """Seconds of it that would have been saved."""
    number: float | None
    """What it would have counted with; None without a value."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What would have become of a sweep, and what it was."""

    runs: tuple[Replayed, ...]
    best: float | None
    """The best number of a run as they were; None without any."""
    best_kept: float | None
    """The best number of a run as they would have been."""
    regret: float
    """How much worse the second is, in units of the metric; negative where a run stood better when it was stopped."""

    @property
    def stopped(self) -> int:
        """How many runs would have been stopped before their last value."""
        return sum(run.stop is not None for run in self.runs)

    @property
    def values_saved(self) -> float:
        """Share of the values that would not have been computed, 0 to 1."""
        return _share(
            sum(len(run.run.values) - run.kept for run in self.runs), sum(len(r.run.values) for r in self.runs)
        )

    @property
    def time_saved(self) -> float:
        """Share of the time of all runs that would not have been spent, 0 to 1."""
        return _share(sum(run.saved for run in self.runs), sum(run.run.ended - run.run.started for run in self.runs))


def replay(stopper: Stopper, runs: Sequence[Recorded], number: Callable[[Sequence[float]], float | None]) -> Replay:
    """Shows a stopper the values of all runs in the order in which they were logged.

    A run that it stops logs nothing more. That others could have begun sooner then is left out of account.

    Args:
        stopper: The rule.
        runs: As they were.
        number: What a run with these values counts with, e.g. ``min``; None without values.
    """
    race: Race[str] = Race(stopper)
    stops: dict[str, tuple[Stop, int]] = {}
    for _, run, place in heapq.merge(*map(_events, runs), key=lambda event: event[0]):
        if run.id not in stops:
            stop = race.log(run.id, run.values[place])
            if stop is not None and place + 1 < len(run.values):
                stops[run.id] = stop, place + 1
    replayed = tuple(_replayed(run, stops.get(run.id), number) for run in runs)
    best, best_kept = (
        _best(stopper, found) for found in ([number(r.values) for r in runs], [r.number for r in replayed])
    )
    sign = 1.0 if stopper.goal == "minimize" else -1.0
    regret = 0.0 if best is None or best_kept is None else sign * (best_kept - best)
    return Replay(replayed, best, best_kept, regret)


def _events(run: Recorded) -> Iterator[tuple[float, Recorded, int]]:
    """When the run logged which of its values; they stay in their order even where its clock went back."""
    latest = -math.inf
    for place, time in enumerate(run.times):
        latest = max(latest, time)
        yield latest, run, place


def _replayed(
    run: Recorded, stopped: tuple[Stop, int] | None, number: Callable[[Sequence[float]], float | None]
) -> Replayed:
    if stopped is None:
        return Replayed(run, None, len(run.values), 0.0, number(run.values))
    stop, kept = stopped
    saved = min(max(run.ended - run.times[kept - 1], 0.0), run.ended - run.started)
    return Replayed(run, stop, kept, saved, number(run.values[:kept]))


def _best(stopper: Stopper, numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    return min(known) if stopper.goal == "minimize" else max(known)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
