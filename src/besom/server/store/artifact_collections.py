"""Queries about the names of artifacts: each stands for all its versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from besom.server.store import json_values
from besom.server.store.fields import Expression, Field, Fields, text, time
from besom.server.store.prepared import Prepared
from besom.server.store.tables import artifact_collections, artifact_drafts, artifacts

_SAID = exists().where(
    artifact_collections.c.project_id == artifacts.c.project_id, artifact_collections.c.name == artifacts.c.name
)
"""Something is said of a name; that keeps it when its last version has gone."""
_IS_THERE = or_(artifacts.c.deleted.is_(None), _SAID)
_OF_PROJECT = (
    select(
        artifacts.c.project_id,
        artifacts.c.name,
        artifacts.c.type,
        func.min(artifacts.c.created).label("created"),
        func.max(artifacts.c.created).label("updated"),
    )
    .where(artifacts.c.project_id == bindparam("project"), _IS_THERE)
    .group_by(artifacts.c.project_id, artifacts.c.name, artifacts.c.type)
    .subquery("collections")
)
_LISTING = select(_OF_PROJECT, artifact_collections.c.description, artifact_collections.c.tags).outerjoin(
    artifact_collections,
    and_(
        artifact_collections.c.project_id == _OF_PROJECT.c.project_id,
        artifact_collections.c.name == _OF_PROJECT.c.name,
    ),
)

_NAME: Expression = json_values.bytewise(_OF_PROJECT.c.name)

FIELDS = Fields(
    "An artifact's name",
    _NAME,
    [
        text("name", _OF_PROJECT.c.name),
        text("type", _OF_PROJECT.c.type),
        text("description", artifact_collections.c.description),
        time("created_at", _OF_PROJECT.c.created),
        time("updated_at", _OF_PROJECT.c.updated),
        Field(
            "tags",
            func.coalesce(func.json_array_length(artifact_collections.c.tags), 0) > 0,
            elements=artifact_collections.c.tags,
        ),
    ],
    # As W&B's own clients write them.
    aliases={"createdAt": "created_at", "updatedAt": "updated_at", "tag": "tags"},
    roots={},
)
"""What a filter or an order of names may name."""


_TYPE = Prepared(
    select(artifacts.c.type)
    .where(artifacts.c.project_id == bindparam("project"), artifacts.c.name == bindparam("called"), _IS_THERE)
    .order_by(artifacts.c.version.desc())
    .limit(1)
)


def listing(
    conn: Connection,
    project_id: int,
    *,
    kind: str | None = None,
    name: str | None = None,
    matches: ColumnElement[bool] | None = None,
    order: Sequence[Expression] = (_NAME,),
) -> list[Row[Any]]:
    """Names with ``type``, ``created`` of the first version, ``updated``, of the newest, ``description`` and ``tags``,
    which are None where nothing was ever said."""
    query = _LISTING.where(true() if matches is None else matches).order_by(*order)
    for column, value in ((_OF_PROJECT.c.type, kind), (_OF_PROJECT.c.name, name)):
        if value is not None:
            query = query.where(column == value)
    return list(conn.execute(query, {"project": project_id}))


def keep(conn: Connection, project_id: int, name: str) -> None:
    """Lets a name outlive its versions."""
    if conn.execute(select(artifact_collections).filter_by(project_id=project_id, name=name)).first() is None:
        say(conn, project_id, name, None, [])


def type_of(conn: Connection, project_id: int, name: str) -> str | None:
    """The type of all versions of that name; None when there is no such name."""
    found = _TYPE.first(conn, {"project": project_id, "called": name})
    return None if found is None else str(found.type)


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


def retype_deleted(conn: Connection, project_id: int, name: str, kind: str) -> None:
    """Gives the deleted versions of a name the type with which it is used again: a name has one type."""
    gone = and_(_named(artifacts, project_id, name), artifacts.c.deleted.is_not(None), artifacts.c.type != kind)
    conn.execute(update(artifacts).where(gone).values(type=kind))


def _named(table: Table, project_id: int, name: str) -> ColumnElement[bool]:
    return and_(table.c.project_id == project_id, table.c.name == name)
