"""Queries about sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.queue import waiting
from besom.server.store.tables import agents, projects, runs, sweeps
from besom.server.store.work_time import lasted

LARGEST_COUNT = 2**63 - 1
"""Of expected runs; a grid may have more points."""

_WITH_PROJECT = select(sweeps, projects.c.entity, projects.c.name.label("project")).join(
    projects, projects.c.id == sweeps.c.project_id
)
_GET = Prepared(_WITH_PROJECT.where(sweeps.c.id == bindparam("sweep")))
_THIS = update(sweeps).where(sweeps.c.id == bindparam("sweep"))
_CHANGE = PreparedSets(_THIS)
_COUNT_RUN = PreparedSets(_THIS.values(runs_made=sweeps.c.runs_made + 1).returning(sweeps.c.runs_made))


def _totals() -> Select[str, str, int, int, float]:
    told = (runs.c.sweep_id, runs.c.state)
    number, none = func.count(), literal(0)
    living = lasted(runs.c.started, func.coalesce(runs.c.heartbeat, runs.c.started))
    parts: list[tuple[ColumnElement[Any], ...]] = [  # each from an index of its own
        (runs.c.ended.is_not(None), number, none, func.sum(lasted(runs.c.started, runs.c.ended))),
        (runs.c.ended.is_(None), number, none, func.sum(living)),
        (runs.c.stopped.is_not(None), none, number, none),
    ]
    part = union_all(
        *(
            select(*told, count.label("count"), stopped.label("stopped"), seconds.label("seconds"))
            .where(runs.c.sweep_id.in_(bindparam("sweeps", expanding=True)), runs.c.deleted.is_(None), condition)
            .group_by(*told)
            for condition, count, stopped, seconds in parts
        )
    ).subquery()
    counts = (cast(func.sum(part.c[name]), BigInteger).label(name) for name in ("count", "stopped"))
    seconds = func.coalesce(func.sum(part.c.seconds), 0.0).label("seconds")
    return select(part.c.sweep_id, part.c.state, *counts, seconds).group_by(part.c.sweep_id, part.c.state)


def _first_by(order: ColumnElement[Any]) -> Select[str, str, float | None]:
    return (
        select(runs.c.id, runs.c.name, runs.c.metric_value)
        .where(runs.c.sweep_id == bindparam("sweep"), runs.c.deleted.is_(None), runs.c.metric_value.is_not(None))
        .order_by(order, runs.c.key)
        .limit(1)
    )


_TOTALS = _totals()
_LEAST, _MOST = Prepared(_first_by(runs.c.metric_value.asc())), Prepared(_first_by(runs.c.metric_value.desc()))


def get(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """A sweep with its ``entity`` and ``project``."""
    return _GET.first(conn, {"sweep": sweep_id})


def of_project(conn: Connection, project_id: int, condition: ColumnElement[bool] | None = None) -> list[Row[Any]]:
    """A project's sweeps, those that match, the newest first."""
    query = _WITH_PROJECT.where(sweeps.c.project_id == project_id).order_by(sweeps.c.created.desc(), sweeps.c.id)
    return list(conn.execute(query if condition is None else query.where(condition)))


def running(conn: Connection) -> list[tuple[str, dict[str, Any]]]:
    """(id, config) of all sweeps that run."""
    query = select(sweeps.c.id, sweeps.c.config).where(sweeps.c.state == "RUNNING")
    return [(row.id, row.config) for row in conn.execute(query)]


def shift_active(conn: Connection, seconds: float) -> None:
    """Lets all sweeps that run have begun to do so that much later."""
    running = update(sweeps).where(sweeps.c.active_since.is_not(None))
    conn.execute(running.values(active_since=sweeps.c.active_since + seconds))


def exists(conn: Connection, sweep_id: str) -> bool:
    """Whether the id is taken, perhaps by a sweep that is being deleted."""
    return conn.execute(select(sweeps.c.id).where(sweeps.c.id == sweep_id)).first() is not None


def create(conn: Connection, values: dict[str, Any]) -> None:
    """Adds a sweep."""
    conn.execute(insert(sweeps).values(values))


def change(conn: Connection, sweep_id: str, values: dict[str, Any]) -> None:
    """Sets columns of a sweep."""
    _CHANGE(values).run(conn, {"sweep": sweep_id, **values})


def count_suggestion(conn: Connection, sweep_id: str) -> None:
    """Counts a point that did not come from search, so that one which search is computing now is computed anew."""
    conn.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(suggested=sweeps.c.suggested + 1))


def count_run(conn: Connection, sweep_id: str, suggested: int | None = None) -> int:
    """Counts a run that the sweep makes, and returns its number, from 1. ``suggested``: how far its search has come."""
    values = {} if suggested is None else {"suggested": suggested}
    return int(_COUNT_RUN(values).one(conn, {"sweep": sweep_id, **values}).runs_made)


def expect_more(conn: Connection, sweep_id: str, number: int) -> None:
    """The sweep will have so many more runs in the end; nothing changes where that is not known."""
    known = sweeps.c.expected_runs
    changed = update(sweeps).where(sweeps.c.id == sweep_id, known.is_not(None), known < LARGEST_COUNT)
    conn.execute(changed.values(expected_runs=known + number))


def run_totals(conn: Connection, sweep_ids: Sequence[str]) -> list[Row[Any]]:
    """(sweep_id, state, count, stopped, seconds) of the runs that are not deleted.

    ``stopped`` counts those that early stopping told to end; ``seconds`` is the sum of durations.
    """
    return list(conn.execute(_TOTALS, {"sweeps": list(sweep_ids)}))


def best_run(conn: Connection, sweep_id: str, goal: str) -> Row[Any] | None:
    """(id, name, metric_value) of the run with the best value; the older one of equals."""
    return (_LEAST if goal == "minimize" else _MOST).first(conn, {"sweep": sweep_id})


def living_agents(conn: Connection, sweep_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """(sweep_id, number, slots, controller) of the living agents by sweep; the controller, by name, is not counted."""
    query = (
        select(
            agents.c.sweep_id,
            func.count().filter(agents.c.slots > 0).label("number"),
            func.sum(agents.c.slots).label("slots"),
            func.max(agents.c.name).filter(agents.c.slots == 0).label("controller"),
        )
        .where(agents.c.sweep_id.in_(sweep_ids), agents.c.state == "running")
        .group_by(agents.c.sweep_id)
    )
    return {row.sweep_id: row for row in conn.execute(query)}


def counted_runs(conn: Connection, sweep_id: str) -> tuple[int, int]:
    """(runs that count for ``run_cap``, those of them that may yet turn out not to).

    Every started run counts, except one that was seen to die before it reported anything; one that lives, or is to be
    tried again, and has not reported anything yet may still do that. So may one that was only not heard any more (it
    crashed, and nobody knows an exit code): it counts. All tries of a point count as one run, which has reported
    something if any of them has. What was there before the sweep, or waits in its queue, was not started.
    """
    lost = (runs.c.state == "crashed") & runs.c.exit_code.is_(None)
    silent = (runs.c.steps == 0) & (runs.c.state != "finished") & ~runs.c.counted & ~lost
    open_ = runs.c.state.in_(("pending", "running", "preempting", "preempted")) | runs.c.retry_due
    query = select(
        func.count().filter(~silent | open_),
        func.count().filter(silent & open_),
    ).where(
        runs.c.sweep_id == sweep_id,
        runs.c.deleted.is_(None),
        runs.c.retried_by.is_(None),
        ~runs.c.prior,
        ~waiting(sweep_id, "pending"),
    )
    counted, undecided = conn.execute(query).one()
    return int(counted), int(undecided)
