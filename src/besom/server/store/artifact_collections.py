"""Queries about the names of artifacts: each stands for all its versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, select, update

from besom.server.store.tables import artifact_collections, artifact_drafts, artifacts


def listing(conn: Connection, project_id: int, *, kind: str | None, name: str | None) -> list[Row[Any]]:
    """Names with ``type``, ``created`` of the first version, ``updated``, of the newest, ``description`` and ``tags``,
    which are None where nothing was ever said; by name."""
    columns = (artifacts.c.name, artifacts.c.type)
    times = (func.min(artifacts.c.created).label("created"), func.max(artifacts.c.created).label("updated"))
    query = select(*columns, *times).where(artifacts.c.project_id == project_id, artifacts.c.deleted.is_(None))
    for column, value in ((artifacts.c.type, kind), (artifacts.c.name, name)):
        if value is not None:
            query = query.where(column == value)
    found = query.group_by(*columns).subquery()
    said = and_(artifact_collections.c.project_id == project_id, artifact_collections.c.name == found.c.name)
    named = select(found, artifact_collections.c.description, artifact_collections.c.tags)
    return sorted(conn.execute(named.outerjoin(artifact_collections, said)), key=lambda row: str(row.name))


def say(conn: Connection, project_id: int, name: str, description: str | None, tags: list[str]) -> None:
    """Replaces what is said of a name."""
    values = {"description": description, "tags": tags}
    if not conn.execute(
        update(artifact_collections).where(_named(artifact_collections, project_id, name)).values(values)
    ).rowcount:
        conn.execute(insert(artifact_collections).values(project_id=project_id, name=name, **values))


def forget(conn: Connection, project_id: int, name: str) -> None:
    """Deletes what is said of a name."""
    conn.execute(delete(artifact_collections).where(_named(artifact_collections, project_id, name)))


def set_type(conn: Connection, project_id: int, name: str, kind: str) -> None:
    """Gives all versions of a name, and those on their way, another type."""
    for table in (artifacts, artifact_drafts):
        conn.execute(update(table).where(_named(table, project_id, name)).values(type=kind))


def _named(table: Table, project_id: int, name: str) -> ColumnElement[bool]:
    return and_(table.c.project_id == project_id, table.c.name == name)
