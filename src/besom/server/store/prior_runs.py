"""Queries about runs that a new sweep learns from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from besom.server.store.tables import runs

_BATCH = 1_000
"""A statement takes only so many values."""
_FOUND = (runs.c.key, runs.c.id, runs.c.name, runs.c.state, runs.c.sweep_id, runs.c.version)


def matching(
    conn: Connection, condition: ColumnElement[bool], states: Sequence[str], limit: int | None = None
) -> list[Row[Any]]:
    """(key, id, name, state, sweep_id, version) of up to ``limit`` runs in one of these states that match, the oldest
    first."""
    query = select(*_FOUND).where(condition, runs.c.state.in_(states)).order_by(runs.c.key)
    return list(conn.execute(query.limit(limit)))


def named(conn: Connection, project_id: int, run_ids: Sequence[str]) -> dict[str, Any]:
    """The same of those of a project's runs that have these ids and are not deleted, by id."""
    query = select(*_FOUND).where(runs.c.project_id == project_id, runs.c.deleted.is_(None))
    batches = (run_ids[start : start + _BATCH] for start in range(0, len(run_ids), _BATCH))
    return {row.id: row for batch in batches for row in conn.execute(query.where(runs.c.id.in_(batch)))}


def whole(conn: Connection, keys: Sequence[int]) -> Iterator[Row[Any]]:
    """These runs with everything that their rows say."""
    for start in range(0, len(keys), _BATCH):
        yield from conn.execute(select(runs).where(runs.c.key.in_(keys[start : start + _BATCH])))


def next_rounds(conn: Connection, sweep_id: str) -> dict[str, int]:
    """The round after the last one of each point that a run of the sweep has."""
    here = (runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None), runs.c.point_hash.is_not(None))
    query = select(runs.c.point_hash, func.max(runs.c.round) + 1).where(*here).group_by(runs.c.point_hash)
    return {str(point): int(number) for point, number in conn.execute(query)}
