"""Parameter importance of a sweep or of a project: computed in a thread, and kept until one more run has ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from besom.protocol import Importance, ImportanceMethod, ParameterImportance
from besom.server.services.configs import Plans
from besom.server.services.context import Context
from besom.server.services.filters import condition_of
from besom.server.services.importance_table import logged_numbers, project_columns, sweep_columns
from besom.server.services.projects import find_project
from besom.server.services.states import ENDED
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.store import importance as stored
from besom.server.store import run_list, sweeps

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from besom.config.model import Metric
    from besom.search.importance import Column

MOST_RUNS = 10_000
"""Older ones are left out."""
_CAPACITY = 128
_COMPARABLE = ("finished", "killed")
"""What a run that broke had reached by then says less of its parameters than of its bad luck."""

Goal = Literal["minimize", "maximize"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a sweep or project."""

    metric: str | None = None
    """None: the sweep's own, the one of a project's largest sweep, else the number that most runs have logged."""
    goal: Goal | None = None
    """None: the sweep's for its own metric, else ``minimize``."""
    method: ImportanceMethod = "forest"
    filter: str | None = None
    """Of runs, as JSON text: only those that match count."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose runs are looked at."""

    key: tuple[Any, ...]
    """Differs also where the configurations do that say what is a parameter, and which metric counts."""
    living: ColumnElement[bool]
    columns: Callable[[Sequence[Any]], list[Column]]
    metric: Metric | None
    usual: Metric | None = None
    """What is asked about when nothing is said, if any run has logged it."""


class Importances:
    """Answers, and remembers its answers. One question is computed at a time: others may need the processor more."""

    def __init__(self, ctx: Context, plans: Plans) -> None:
        self._ctx = ctx
        self._plans = plans
        self._turn = asyncio.Lock()
        self._known: dict[tuple[Any, ...], tuple[tuple[int, int], Importance]] = {}

    async def of_sweep(self, caller: Caller, sweep_id: str, asked: Question) -> Importance:
        """What the parameters that a sweep searches are worth."""

        def find(conn: Connection) -> _Subject:
            sweep = find_sweep(conn, caller, sweep_id)
            config = self._plans.of(sweep).config
            living = run_list.living(sweep.project_id, sweep_id)
            return _Subject(
                (sweep_id, msgspec.json.encode(sweep.config)),
                living,
                lambda rows: sweep_columns(config, rows),
                config.metric,
            )

        return await self._answer(find, asked)

    async def of_project(self, caller: Caller, entity: str, project: str, asked: Question) -> Importance:
        """What the keys of the configurations of all runs of a project are worth."""

        def find(conn: Connection) -> _Subject:
            home = find_project(conn, caller, entity, project)
            largest = max(sweeps.of_project(conn, home.id), key=lambda sweep: sweep.runs_made, default=None)
            plan = None if largest is None else self._plans.readable(largest)
            usual = None if plan is None else plan.config.metric
            return _Subject((home.id, usual), run_list.living(home.id), project_columns, None, usual)

        return await self._answer(find, asked)

    async def _answer(self, find: Callable[[Connection], _Subject], asked: Question) -> Importance:
        matches = condition_of(asked.filter)

        def look(conn: Connection) -> tuple[_Subject, tuple[int, int]]:
            subject = find(conn)
            subject = replace(subject, living=subject.living & matches)
            return subject, stored.stamp(conn, subject.living, ENDED)

        subject, stamp = await self._ctx.read(look)
        key = (*subject.key, asked)
        if (known := self._recall(key, stamp)) is not None:
            return known
        async with self._turn:
            if (known := self._recall(key, stamp)) is not None:
                return known
            rows = await self._ctx.read(lambda conn: stored.outcomes(conn, subject.living, ENDED, MOST_RUNS))
            answer = await asyncio.to_thread(_compute, subject, rows, asked)
            if len(self._known) >= _CAPACITY:
                self._known.clear()
            self._known[key] = stamp, answer
        return answer

    def _recall(self, key: tuple[Any, ...], stamp: tuple[int, int]) -> Importance | None:
        known_at, answer = self._known.get(key, (None, None))
        return answer if known_at == stamp else None


def _compute(subject: _Subject, rows: Sequence[Any], asked: Question) -> Importance:
    from besom.search.importance import importance  # loads NumPy, which the server does not need to start

    own, usual = subject.metric, subject.metric or subject.usual
    ended = len(rows)
    rows = [row for row in rows if row.state in _COMPARABLE]
    numbers = logged_numbers(rows)
    often = Counter(name for logged in numbers for name in logged)
    most = max(sorted(often), key=lambda each: often[each], default=None)
    name = asked.metric or (usual.name if usual and (own or usual.name in often) else most)
    goal = asked.goal or (usual.goal if usual and usual.name == name else "minimize")
    if own and name == own.name:
        values = [row.metric_value for row in rows]
    else:
        values = [logged.get(name) if name else None for logged in numbers]
    having = [(row, value) for row, value in zip(rows, values, strict=True) if value is not None]
    report = importance(
        subject.columns([row for row, _ in having]),
        [value for _, value in having],
        goal=goal,
        method=asked.method,
    )
    metrics = sorted(set(often) - ({own.name} if own else set()))
    return Importance(
        metric=name,
        metrics=[own.name, *metrics] if own else metrics,
        goal=goal,
        method=asked.method,
        parameters=[msgspec.convert(each, ParameterImportance, from_attributes=True) for each in report.parameters],
        runs=len(having),
        left_out=ended - len(having),
        best_runs=report.best_runs,
        fit=report.fit,
        reason=report.reason if name else "No run here that is over has logged a number yet.",
    )
