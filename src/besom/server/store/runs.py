"""Queries about single runs; lists of runs with filters are in ``run_list``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from besom.server.store import logged
from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.queue import waiting
from besom.server.store.tables import agents, projects, run_files, runs

UNFINISHED = ("pending", "running", "preempting")
_BATCH = 2000
"""Values in one IN list; both databases allow more, but not without end."""

_GET = Prepared(select(runs).where(runs.c.project_id == bindparam("project"), runs.c.id == bindparam("run")))
_FIND = Prepared(
    select(runs)
    .join(projects, projects.c.id == runs.c.project_id)
    .where(projects.c.entity == bindparam("entity"), projects.c.name == bindparam("project"))
    .where(runs.c.id == bindparam("run"))
)
_EXISTS = Prepared(select(runs.c.key).where(runs.c.project_id == bindparam("project"), runs.c.id == bindparam("run")))
_LEASES = Prepared(
    select(runs)
    .where(runs.c.agent_id == bindparam("agent"), or_(*(runs.c.state == state for state in UNFINISHED)))
    .order_by(runs.c.key)
)
_ONE_HELD = Prepared(select(runs).where(runs.c.agent_id == bindparam("agent"), runs.c.id == bindparam("run")))
_HELD = (
    select(runs)
    .where(runs.c.agent_id == bindparam("agent"), runs.c.id.in_(bindparam("run_ids", expanding=True)))
    .order_by(runs.c.key)
)
_CREATE = PreparedSets(insert(runs).returning(runs))
_CHANGE = PreparedSets(update(runs).where(runs.c.key == bindparam("run_key")).returning(runs))
_TOUCH_ONE = Prepared(update(runs).where(runs.c.key == bindparam("run_key")), ["heartbeat"])
_TOUCH = update(runs).where(runs.c.key.in_(bindparam("run_keys", expanding=True))).values(heartbeat=bindparam("now"))


def get(conn: Connection, project_id: int, run_id: str) -> Row[Any] | None:
    """A run, also one that is deleted."""
    return _GET.first(conn, {"project": project_id, "run": run_id})


def find(conn: Connection, entity: str, project: str, run_id: str) -> Row[Any] | None:
    """A run of the project of that name, also one that is deleted."""
    return _FIND.first(conn, {"entity": entity, "project": project, "run": run_id})


def by_key(conn: Connection, key: int) -> Row[Any]:
    """The run of that key, also a deleted one."""
    return conn.execute(select(runs).where(runs.c.key == key)).one()


def create(conn: Connection, values: dict[str, Any]) -> Row[Any]:
    """Adds a run and returns it."""
    return _CREATE(values).one(conn, values)


def change(conn: Connection, key: int, values: dict[str, Any]) -> Row[Any]:
    """Sets columns of a run and returns it."""
    return _CHANGE(values).one(conn, {"run_key": key, **values})


def exists(conn: Connection, project_id: int, run_id: str) -> bool:
    """Whether the id is taken, by a deleted run too."""
    return _EXISTS.first(conn, {"project": project_id, "run": run_id}) is not None


def count_of_project(conn: Connection, project_id: int) -> int:
    """Number of runs that a project ever had."""
    return int(conn.execute(select(func.count()).where(runs.c.project_id == project_id)).scalar_one())


def some_of_project(
    conn: Connection, project_id: int, run_ids: Sequence[str]
) -> list[Row[int, str, float | None, str | None]]:
    """(key, id, started, sweep_id) of those of these runs that are there."""
    here = (runs.c.project_id == project_id, runs.c.deleted.is_(None))
    query = select(runs.c.key, runs.c.id, runs.c.started, runs.c.sweep_id).where(*here)
    found: list[Row[int, str, float | None, str | None]] = []
    for start in range(0, len(run_ids), _BATCH):
        found += conn.execute(query.where(runs.c.id.in_(run_ids[start : start + _BATCH])))
    return found


def of_sweep(conn: Connection, sweep_id: str, *, deleted: bool = False) -> list[Row[Any]]:
    """A sweep's runs, oldest first."""
    query = select(runs).where(runs.c.sweep_id == sweep_id).order_by(runs.c.key)
    return list(conn.execute(query if deleted else query.where(runs.c.deleted.is_(None))))


def any_of_sweep(conn: Connection, sweep_id: str) -> bool:
    """Whether a sweep has a run."""
    query = select(runs.c.key).where(runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None))
    return conn.execute(query.limit(1)).first() is not None


def versions_of_sweep(conn: Connection, sweep_id: str) -> dict[int, int]:
    """The versions of a sweep's runs, by their keys."""
    query = select(runs.c.key, runs.c.version).where(runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None))
    return {int(row.key): int(row.version) for row in conn.execute(query)}


def stop_records(conn: Connection, sweep_id: str) -> list[dict[str, Any]]:
    """What early stopping noted of each run of a sweep that it ended."""
    here = (runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None), runs.c.stopped.is_not(None))
    return list(conn.scalars(select(runs.c.stopped).where(*here)))


def longest_of_sweep(conn: Connection, sweep_id: str) -> int | None:
    """The key of the run that has the most values of the sweep's metric; None without any."""
    query = select(runs.c.key).where(runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None), runs.c.metric_count > 0)
    return conn.execute(query.order_by(runs.c.metric_count.desc(), runs.c.key).limit(1)).scalar_one_or_none()


def has_begun(conn: Connection, sweep_id: str) -> bool:
    """Whether any of a sweep's runs was handed out; prior ones were not, nor what waits in its queue."""
    query = select(runs.c.key).where(
        runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None), ~runs.c.prior, ~waiting(sweep_id, "pending")
    )
    return conn.execute(query.limit(1)).first() is not None


def unfinished_of_sweep(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """A sweep's runs that have not ended, oldest first."""
    query = select(runs).where(runs.c.sweep_id == sweep_id, runs.c.state.in_(UNFINISHED), runs.c.deleted.is_(None))
    return list(conn.execute(query.order_by(runs.c.key)))


def leases(conn: Connection, agent_id: str) -> list[Row[Any]]:
    """An agent's runs that have not ended, oldest first; deleted ones too, for their processes must be stopped."""
    return _LEASES.all(conn, {"agent": agent_id})


def preempted(conn: Connection, agent_id: str) -> list[Row[Any]]:
    """An agent's runs that were preempted and whose processes it has not seen to end, oldest first; deleted ones too,
    for they may come back."""
    query = select(runs).where(runs.c.agent_id == agent_id, runs.c.state == "preempted")
    return list(conn.execute(query.order_by(runs.c.key)))


def held(conn: Connection, agent_id: str, run_ids: Collection[str]) -> list[Row[Any]]:
    """Those of an agent's runs, in any state."""
    if len(run_ids) == 1:  # most agents have one
        return _ONE_HELD.all(conn, {"agent": agent_id, "run": next(iter(run_ids))})
    return list(conn.execute(_HELD, {"agent": agent_id, "run_ids": list(run_ids)}))


def touch(conn: Connection, keys: Sequence[int], now: float) -> None:
    """Notes that runs are alive. Not a change that anybody needs to hear of."""
    if len(keys) == 1:
        _TOUCH_ONE.run(conn, {"run_key": keys[0], "heartbeat": now})
    elif keys:
        conn.execute(_TOUCH, {"run_keys": keys, "now": now})


def forget(conn: Connection, key: int) -> None:
    """Deletes everything that a deleted run has logged; its id stays taken."""
    logged.forget(conn, key)
    conn.execute(delete(run_files).where(run_files.c.run_key == key))
    conn.execute(update(runs).where(runs.c.key == key).values(forgotten=True, config={}, summary={}))


def deleted_before(conn: Connection, time: float, limit: int) -> list[int]:
    """Keys of up to ``limit`` runs that were deleted before ``time`` and still have their data. Looks through all runs:
    nothing for a transaction that writes."""
    query = select(runs.c.key).where(runs.c.deleted < time, ~runs.c.forgotten)
    return list(conn.scalars(query.limit(limit)))


def still_deleted(conn: Connection, keys: Sequence[int], time: float) -> list[int]:
    """Those of these runs."""
    query = select(runs.c.key).where(runs.c.key.in_(keys), runs.c.deleted < time, ~runs.c.forgotten)
    return list(conn.scalars(query))


def silent_since(conn: Connection, time: float, limit: int) -> list[Row[Any]]:
    """Some runs that have not ended and were last heard before ``time``, by themselves or through their agent.

    One that no program has begun, and of which its living agent says nothing, is none of them: the answer that handed
    it out was lost, and will be repeated when that agent asks again.
    """
    lives = select(agents.c.id).where(agents.c.id == runs.c.agent_id, agents.c.state == "running").exists()
    is_unheard_of = and_(runs.c.state == "pending", ~runs.c.claimed, lives)
    here = (runs.c.ended.is_(None), runs.c.deleted.is_(None), runs.c.heartbeat < time, ~is_unheard_of)
    # In the order of the index of living runs, for that makes SQLite take it; by key it would look through all runs.
    found = conn.execute(select(runs).where(*here).order_by(runs.c.sweep_id, runs.c.state).limit(limit))
    return sorted(found, key=lambda run: int(run.key))


def held_by_sweep(conn: Connection, sweep_id: str) -> dict[int, str]:
    """Ids, by their keys, of a sweep's runs that have not ended or are to be gone on with, deleted ones too."""
    states = (*UNFINISHED, "preempted")
    query = select(runs.c.key, runs.c.id).where(runs.c.sweep_id == sweep_id, runs.c.state.in_(states))
    return {int(row.key): str(row.id) for row in conn.execute(query)}


def release(conn: Connection, keys: Sequence[int], values: dict[str, Any]) -> None:
    """Makes runs of sweeps ordinary runs of their project, and sets ``values`` in each."""
    cleared: dict[str, Any] = {"sweep_id": None, "agent_id": None, "point_index": None, "point_hash": None}
    cleared["retry_due"] = False
    conn.execute(update(runs).where(runs.c.key.in_(keys)).values({**cleared, **values}))
