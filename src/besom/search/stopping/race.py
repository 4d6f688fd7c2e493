"""Runs that log their values one after the other, judged as they do: what a server does, in memory."""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable
from typing import Generic, TypeVar

from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.standing import Standing

Run = TypeVar("Run", bound=Hashable)


class Race(Generic[Run]):
    """The runs of a sweep under a stopper, known by any hashable name."""

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._standings: dict[Run, Standing] = {}
        self._at_rung: dict[Run, float] = {}
        self._rungs: dict[int, _Ranking] = {}

    def log(self, run: Run, value: float) -> Stop | None:
        """Takes a run's next finite value; says whether the run should end now."""
        stopper = self._stopper
        before = self._standings.get(run)
        better = min if stopper.goal == "minimize" else max
        now = Standing(before.count + 1, value, better(before.best, value)) if before else Standing(1, value, value)
        self._standings[run] = now
        reached = stopper.rungs(now.count)
        if not reached:
            return None
        rung = reached[-1]
        ranking = self._rungs.setdefault(rung, _Ranking(best_is_least=stopper.goal == "minimize"))
        if rung == now.count:
            self._at_rung[run] = value
            ranking.add(value)
        elif not stopper.again:
            return None
        return stopper.decide(now, rung, self._at_rung[run], ranking)


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
