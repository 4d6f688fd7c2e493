"""Queries about what a sweep has used up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select

from besom.server.store.prepared import Prepared
from besom.server.store.runs import UNFINISHED
from besom.server.store.sweeps import best_run
from besom.server.store.tables import runs
from besom.server.store.work_time import heard, worked_seconds

_GPU_SECONDS = worked_seconds * func.coalesce(runs.c.gpus, 1.0)
_HERE = (runs.c.sweep_id == bindparam("sweep"), runs.c.deleted.is_(None), ~runs.c.prior)
# With the states, so that SQLite takes the index of those at work, not one of all runs.
_LIVING = select(func.coalesce(func.sum(_GPU_SECONDS), 0.0)).where(
    *_HERE, runs.c.state.in_(UNFINISHED), runs.c.ended.is_(None), runs.c.started.is_not(None)
)
_COUNTS = and_(runs.c.deleted.is_(None), ~runs.c.prior)
_WHOLE = or_(runs.c.state == "finished", and_(runs.c.state == "killed", runs.c.stopped.is_not(None)))
_USE = select(
    runs.c.key,
    runs.c.version,
    case((and_(_COUNTS, runs.c.ended.is_not(None)), _GPU_SECONDS), else_=0.0).label("gpu_seconds"),
    case((and_(_COUNTS, _WHOLE), heard), else_=None).label("whole_at"),
)
_USE_OF_SWEEP = _USE.where(runs.c.sweep_id == bindparam("sweep"))
_USE_OF_ONE = Prepared(_USE_OF_SWEEP.where(runs.c.key == bindparam("run")))
_USE_SINCE = Prepared(
    _USE_OF_SWEEP.where(runs.c.project_id == bindparam("project"), runs.c.version > bindparam("version"))
)
_BEST = (
    select(runs.c.key, runs.c.ended, runs.c.prior, heard.label("heard"))
    .where(runs.c.sweep_id == bindparam("sweep"), runs.c.deleted.is_(None), runs.c.metric_value == bindparam("value"))
    .order_by(~runs.c.prior, case((runs.c.ended.is_(None), 1), else_=0), heard, runs.c.key)
    .limit(1)
)


def living_gpu_seconds(conn: Connection, sweep_id: str) -> float:
    """Sum over a sweep's runs at work of the seconds in which a process worked on them, each times its GPUs; 1 where
    unknown."""
    return float(conn.execute(_LIVING, {"sweep": sweep_id}).scalar_one())


def use_of(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """(key, version, gpu_seconds, whole_at) of all runs of a sweep.

    ``gpu_seconds`` is what one that has ended used, as above; 0 for all others, for those that are deleted, and for
    those that were there before the sweep. ``whole_at`` is when one ended that finished or that early stopping ended;
    None for all others.
    """
    return list(conn.execute(_USE_OF_SWEEP, {"sweep": sweep_id}))


def use_since(conn: Connection, sweep_id: str, project_id: int, version: int) -> list[Any]:
    """The same of those that have changed after that version of their project."""
    return _USE_SINCE.all(conn, {"sweep": sweep_id, "project": project_id, "version": version})


def use_of_some(conn: Connection, sweep_id: str, keys: Iterable[int]) -> list[Any]:
    """The same of these few."""
    return [row for key in keys for row in _USE_OF_ONE.all(conn, {"sweep": sweep_id, "run": key})]


def best(conn: Connection, sweep_id: str, goal: str) -> tuple[str | None, tuple[float, int] | None]:
    """The name of a sweep's best run, None where no run has a value; and when that ended and its key, to be compared
    with others'.

    Of several that are equally good it is the one that ended first. While only runs that have not ended are that good
    it ends after all others (at infinity), and one that was there before the sweep ended before all: None.
    """
    found = best_run(conn, sweep_id, goal)
    if found is None:
        return None, None
    first = conn.execute(_BEST, {"sweep": sweep_id, "value": found.metric_value}).one()
    if first.prior:
        return found.name, None
    return found.name, (float("inf") if first.ended is None else first.heard, first.key)
