"""Queries for parameter importance: what runs were given, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from besom.server.store.tables import runs


def stamp(conn: Connection, living: ColumnElement[bool], states: Collection[str]) -> tuple[int, int]:
    """Differs whenever ``outcomes`` would answer differently."""
    query = select(func.count(), func.coalesce(func.max(runs.c.version), 0)).where(living, runs.c.state.in_(states))
    count, version = conn.execute(query).one()
    return int(count), int(version)


def outcomes(conn: Connection, living: ColumnElement[bool], states: Collection[str], limit: int) -> list[Row[Any]]:
    """The newest ``limit`` runs in one of these states, the oldest first."""
    columns: list[Any] = [runs.c.state, runs.c.params, runs.c.config, runs.c.summary, runs.c.metric_value]
    query = select(*columns).where(living, runs.c.state.in_(states)).order_by(runs.c.key.desc()).limit(limit)
    return list(conn.execute(query))[::-1]
