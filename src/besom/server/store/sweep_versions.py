"""Queries about the versions of a sweep's configuration, and about its runs when it gets a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from besom.server.store.tables import borrowed_runs, runs, sweep_versions


def add(conn: Connection, sweep_id: str, number: int, of: Mapping[str, Any], creator: str, now: float) -> None:
    """Adds a version with the ``config`` and ``text`` of a sweep's columns."""
    row = {"sweep_id": sweep_id, "number": number, "config": of["config"], "text": of["text"]}
    conn.execute(insert(sweep_versions).values({**row, "creator": creator, "created": now}))


def replace(conn: Connection, sweep_id: str, of: Mapping[str, Any], creator: str, now: float) -> None:
    """Puts another configuration in the place of a sweep's newest version."""
    row = {"config": of["config"], "text": of["text"], "creator": creator, "created": now}
    here = (sweep_versions.c.sweep_id == sweep_id, sweep_versions.c.number == latest(conn, sweep_id).number)
    conn.execute(update(sweep_versions).where(*here).values(row))


def latest(conn: Connection, sweep_id: str) -> Row[int, str]:
    """(number, creator) of a sweep's newest version."""
    query = select(sweep_versions.c.number, sweep_versions.c.creator).where(sweep_versions.c.sweep_id == sweep_id)
    return conn.execute(query.order_by(sweep_versions.c.number.desc()).limit(1)).one()


def listing(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """A sweep's versions, the oldest first."""
    query = select(sweep_versions).where(sweep_versions.c.sweep_id == sweep_id)
    return list(conn.execute(query.order_by(sweep_versions.c.number)))


def placed(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """What says which point each run of a sweep has, oldest first; also of deleted runs that may come back."""
    names = ("key", "id", "version", "params", "config", "prior", "point_hash", "round", "point_index", "deleted")
    query = select(*(runs.c[name] for name in names), runs.c.retried_by).where(
        runs.c.sweep_id == sweep_id, ~runs.c.forgotten
    )
    return list(conn.execute(query.order_by(runs.c.key)))


def place(conn: Connection, sweep_id: str, rows: list[dict[str, Any]]) -> None:
    """Sets ``params``, ``version``, ``point_hash``, ``round`` and ``point_index`` of runs, by ``run``, their key."""
    # None may be in another's way in between: two runs may swap their places.
    conn.execute(update(runs).where(runs.c.sweep_id == sweep_id).values(point_hash=None, point_index=None))
    if rows:
        names = ("params", "version", "point_hash", "round", "point_index")
        set_ = {name: bindparam(f"new_{name}", type_=runs.c[name].type) for name in names}
        statement = update(runs).where(runs.c.key == bindparam("run")).values(set_)
        conn.execute(statement, [{f"new_{k}" if k in names else k: v for k, v in row.items()} for row in rows])


def borrowed(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """(key, params, config) of the runs of other sweeps that a sweep learns from and that are not deleted."""
    query = select(runs.c.key, runs.c.params, runs.c.config).join(borrowed_runs, borrowed_runs.c.run_key == runs.c.key)
    return list(conn.execute(query.where(borrowed_runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None))))


def place_borrowed(conn: Connection, sweep_id: str, run_key: int, values: dict[str, Any]) -> None:
    """Sets ``params`` and ``point_hash`` of what a run of another sweep means to a sweep."""
    here = (borrowed_runs.c.sweep_id == sweep_id, borrowed_runs.c.run_key == run_key)
    conn.execute(update(borrowed_runs).where(*here).values(values))
