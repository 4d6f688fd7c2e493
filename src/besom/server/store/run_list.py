"""Queries for lists of runs: matching, ordered, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, and_, cast, exists, func, or_, select

from besom.server.store.tables import runs, sweeps

COLUMNS = (
    "id", "name", "state", "reason", "stop_reason", "sweep_id", "agent_id", "metric_value", "metric_last", "steps",
    "created", "started", "heartbeat", "ended", "exit_code", "creator", "host", "program", "python", "notes",
    "run_group", "job_type", "version", "attempt", "retry_of", "retried_by", "retry_due", "key", "params", "why",
    "stopped", "config", "summary", "tags",
)  # fmt: skip
"""Of each row of a page, in this order."""
JSON_COLUMNS = ("params", "why", "stopped", "config", "summary", "tags")
"""Left as JSON text in these rows: what is only passed on need not be decoded."""

_COLUMNS = [cast(runs.c[name], Text).label(name) if name in JSON_COLUMNS else runs.c[name] for name in COLUMNS]
_HIGHEST_FIRST = runs.c.metric_value.desc().nulls_last()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after ``offset`` runs, of those up to ``newest``, so that new runs do not shift pages."""

    offset: int
    newest: int


def newest(conn: Connection) -> int:
    """The key of the latest run."""
    return int(conn.execute(select(func.coalesce(func.max(runs.c.key), 0))).scalar_one())


def count(conn: Connection, condition: ColumnElement[bool]) -> int:
    """Number of runs that match."""
    return int(conn.execute(select(func.count()).select_from(runs).where(condition)).scalar_one())


def page(
    conn: Connection, condition: ColumnElement[bool], order: list[ColumnElement[Any]], place: Place, limit: int
) -> list[Row[Any]]:
    """Up to ``limit`` runs that match, from ``place`` on."""
    # Keys are sorted without whole rows, of which few are wanted: that takes several times as long.
    found = runs.c.key.in_(keys_of_page(conn, condition, order, place, limit))
    return list(conn.execute(select(*_COLUMNS).where(found).order_by(*order)))


def keys_of_page(
    conn: Connection, condition: ColumnElement[bool], order: list[ColumnElement[Any]], place: Place, limit: int
) -> Select[int]:
    """The query for the keys of these runs, which goes by an index where there is one of this order."""
    keys = select(runs.c.key).where(condition, runs.c.key <= place.newest)
    page = keys.order_by(*order).offset(place.offset).limit(limit)
    if order[0].compare(_HIGHEST_FIRST):
        # In PostgreSQL's index what is missing stands above the highest: where enough is there, it asks without.
        valued = keys.where(runs.c.metric_value.is_not(None)).order_by(runs.c.metric_value.desc(), *order[1:])
        if conn.execute(valued.offset(place.offset + limit - 1).limit(1)).first() is not None:
            return valued.offset(place.offset).limit(limit)
    return page


def first_of(
    conn: Connection, condition: ColumnElement[bool], order: list[ColumnElement[Any]] | None, limit: int
) -> tuple[list[Row[Any]], int]:
    """Up to ``limit`` runs that match, without an order the oldest ones, and how many match: where no index knows them,
    all runs are looked at, and here once for both."""
    order = order or [runs.c.key]
    keys = select(runs.c.key, func.count().over().label("total")).where(condition).order_by(*order)
    found = conn.execute(keys.limit(limit)).all()
    rows = select(*_COLUMNS).where(runs.c.key.in_([row.key for row in found])).order_by(*order)
    return list(conn.execute(rows)), found[0].total if found else 0


def newest_of(conn: Connection, condition: ColumnElement[bool], limit: int) -> list[Row[Any]]:
    """Up to ``limit`` runs that match, the newest first."""
    return list(conn.execute(select(*_COLUMNS).where(condition).order_by(runs.c.key.desc()).limit(limit)))


def oldest_of(conn: Connection, condition: ColumnElement[bool], between: tuple[int, int], limit: int) -> list[Row[Any]]:
    """Up to ``limit`` runs that match, the oldest first, whose keys lie above the first and up to the second one."""
    above, newest = between
    # The keys alone are in an index; to sort whole rows, of which few are wanted, takes several times as long.
    keys = select(runs.c.key).where(condition, runs.c.key > above, runs.c.key <= newest)
    found = runs.c.key.in_(keys.order_by(runs.c.key).limit(limit))
    return list(conn.execute(select(*_COLUMNS).where(found).order_by(runs.c.key)))


def named(ids: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the run has one of these ids."""
    return runs.c.id.in_(ids)


def changed(conn: Connection, condition: ColumnElement[bool], after: tuple[int, int], limit: int) -> list[Row[Any]]:
    """Up to ``limit`` runs that match and changed after (version, key), in the order of their changes."""
    version, key = after
    later = or_(runs.c.version > version, and_(runs.c.version == version, runs.c.key > key))
    query = select(*_COLUMNS).where(condition, later).order_by(runs.c.version, runs.c.key)
    return list(conn.execute(query.limit(limit)))


LAST_TRIES = runs.c.retried_by.is_(None)
"""Condition: no other run tries its point again."""


def living(project_id: int, sweep_id: str | None = None) -> ColumnElement[bool]:
    """Condition: a run of the project, and of the sweep if given, that is not deleted."""
    return _of(project_id, sweep_id, runs.c.deleted.is_(None))


def deleted(project_id: int, sweep_id: str | None = None) -> ColumnElement[bool]:
    """Condition: a run of the project, and of the sweep if given, that is deleted and still has its data."""
    return _of(project_id, sweep_id, and_(runs.c.deleted.is_not(None), ~runs.c.forgotten))


def _of(project_id: int, sweep_id: str | None, which: ColumnElement[bool]) -> ColumnElement[bool]:
    if sweep_id is None:
        return and_(runs.c.project_id == project_id, which)
    # The sweep is asked for its project, once, and not each of its runs: so an index answers alone.
    here = exists().where(sweeps.c.id == sweep_id, sweeps.c.project_id == project_id)
    return and_(runs.c.sweep_id == sweep_id, which, here)


def ids(conn: Connection, condition: ColumnElement[bool]) -> list[str]:
    """Ids of the runs that match, the oldest first."""
    return list(conn.scalars(select(runs.c.id).where(condition).order_by(runs.c.key)))


def changed_since(project_id: int, version: int) -> ColumnElement[bool]:
    """Condition: a run of the project that changed after that version; an index knows these."""
    return and_(runs.c.project_id == project_id, runs.c.version > version)


def deleted_since(conn: Connection, project_id: int, version: int, sweep: str | None = None) -> list[str]:
    """Ids of the runs, of one sweep if given, that were deleted after that version."""
    query = select(runs.c.id).where(
        runs.c.project_id == project_id, runs.c.version > version, runs.c.deleted.is_not(None)
    )
    return list(conn.execute(query if sweep is None else query.where(runs.c.sweep_id == sweep)).scalars())
