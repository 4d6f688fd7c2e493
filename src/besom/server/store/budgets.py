"""Queries about what a sweep has used up."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select

from besom.server.store.sweeps import best_run
from besom.server.store.tables import runs
from besom.server.store.work_time import heard, worked_seconds

_HERE = (runs.c.sweep_id == bindparam("sweep"), runs.c.deleted.is_(None), ~runs.c.prior)
_GPU_SECONDS = worked_seconds * func.coalesce(runs.c.gpus, 1.0)
# Two queries, each with an index of its own.
_ENDED, _LIVING = (
    select(func.coalesce(func.sum(_GPU_SECONDS), 0.0)).where(*_HERE, condition)
    for condition in (runs.c.ended.is_not(None), and_(runs.c.ended.is_(None), runs.c.started.is_not(None)))
)
_BEST = (
    select(runs.c.key, runs.c.ended, runs.c.prior, heard.label("heard"))
    .where(runs.c.sweep_id == bindparam("sweep"), runs.c.deleted.is_(None), runs.c.metric_value == bindparam("value"))
    .order_by(~runs.c.prior, case((runs.c.ended.is_(None), 1), else_=0), heard, runs.c.key)
    .limit(1)
)
_WHOLE = or_(runs.c.state == "finished", and_(runs.c.state == "killed", runs.c.stopped.is_not(None)))
_SINCE = select(func.count()).where(
    *_HERE,
    runs.c.state.in_(("finished", "killed")),
    _WHOLE,
    or_(
        heard > bindparam("after"),
        and_(heard == bindparam("after"), runs.c.key > bindparam("key")),
    ),
)


def gpu_seconds(conn: Connection, sweep_id: str) -> float:
    """Sum over a sweep's runs of the seconds in which a process worked on them, each times its GPUs; 1 where unknown.

    What runs before the sweep used, and those that are deleted, is not in it.
    """
    ended, living = (conn.execute(query, {"sweep": sweep_id}).scalar_one() for query in (_ENDED, _LIVING))
    return float(ended) + float(living)


def whole_runs_since_best(conn: Connection, sweep_id: str, goal: str) -> tuple[int, str | None]:
    """How many runs ended after the one that is the best, and its name; None where no run has a value.

    Only runs that finished, or that early stopping ended, are counted. Of several that are equally good the one that
    ended first is the best; while only runs that have not ended are that good, it is none.
    """
    best = best_run(conn, sweep_id, goal)
    if best is None:
        return _count_after(conn, sweep_id, -1.0, -1), None
    first = conn.execute(_BEST, {"sweep": sweep_id, "value": best.metric_value}).one()
    if first.prior:
        return _count_after(conn, sweep_id, -1.0, -1), best.name
    if first.ended is None:
        return 0, best.name
    return _count_after(conn, sweep_id, first.heard, first.key), best.name


def _count_after(conn: Connection, sweep_id: str, after: float, key: int) -> int:
    return int(conn.execute(_SINCE, {"sweep": sweep_id, "after": after, "key": key}).scalar_one())
