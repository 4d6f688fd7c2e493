"""Runs that log their values one after the other, judged as they do: what a server does, in memory."""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable
from typing import Generic, TypeVar

from besom.search.stopping.base import Stop, Stopper

Run = TypeVar("Run", bound=Hashable)


class Race(Generic[Run]):
    """The runs of a sweep under a stopper, known by any hashable name."""

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._counts: dict[Run, int] = {}
        self._best: dict[Run, float] = {}
        self._at_rung: dict[Run, float] = {}
        self._rungs: dict[int, _Ranking] = {}

    def log(self, run: Run, value: float) -> Stop | None:
        """Takes a run's next finite value; says whether the run should end now."""
        stopper = self._stopper
        better = min if stopper.goal == "minimize" else max
        count = self._counts[run] = self._counts.get(run, 0) + 1
        best = self._best[run] = better(self._best.get(run, value), value)
        reached = stopper.rungs(count)
        if not reached:
            return None
        rung = reached[-1]
        ranking = self._rungs.setdefault(rung, _Ranking(best_is_least=stopper.goal == "minimize"))
        if rung == count:
            self._at_rung[run] = value
            ranking.add(value)
        elif not stopper.again:
            return None
        return stopper.decide(rung, self._at_rung[run], best, ranking)


class _Ranking:
    """Numbers, best first."""

    def __init__(self, *, best_is_least: bool) -> None:
        self._sign = 1.0 if best_is_least else -1.0
        self._ascending: list[float] = []

    def add(self, value: float) -> None:
        insort(self._ascending, self._sign * value)

    def __len__(self) -> int:
        return len(self._ascending)

    def __getitem__(self, place: int, /) -> float:
        return self._sign * self._ascending[place]
