"""Queries about versions of artifacts, their files and their aliases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, true

from besom.server.store.tables import artifact_aliases, artifact_files, artifacts, runs

_WITH_RUN = select(artifacts, runs.c.id.label("run_id")).outerjoin(
    runs, and_(runs.c.key == artifacts.c.run_key, runs.c.deleted.is_(None))
)


def type_of(conn: Connection, project_id: int, name: str) -> str | None:
    """The type of all versions of that name; None when there is none."""
    query = select(artifacts.c.type).where(artifacts.c.project_id == project_id, artifacts.c.name == name).limit(1)
    return conn.execute(query).scalar_one_or_none()


def with_digest(conn: Connection, project_id: int, name: str, digest: str) -> Row[Any] | None:
    """The newest version that has exactly these files."""
    mine = and_(artifacts.c.project_id == project_id, artifacts.c.name == name, artifacts.c.digest == digest)
    return conn.execute(_WITH_RUN.where(mine).order_by(artifacts.c.version.desc()).limit(1)).first()


def create(conn: Connection, values: dict[str, Any], files: Sequence[dict[str, Any]]) -> Row[Any]:
    """Adds the next version of an artifact and returns it."""
    mine = and_(artifacts.c.project_id == values["project_id"], artifacts.c.name == values["name"])
    version = conn.execute(select(func.coalesce(func.max(artifacts.c.version) + 1, 0)).where(mine)).scalar_one()
    query = insert(artifacts).values(version=version, **values).returning(artifacts.c.id)
    identity = conn.execute(query).scalar_one()
    if files:
        conn.execute(insert(artifact_files), [{"artifact_id": identity, **file} for file in files])
    return conn.execute(_WITH_RUN.where(artifacts.c.id == identity)).one()


def set_aliases(conn: Connection, row: Row[Any], aliases: Sequence[str]) -> None:
    """Gives a version these aliases; another version of the name that had one loses it."""
    for alias in aliases:
        here = {"project_id": row.project_id, "name": row.name, "alias": alias}
        conn.execute(delete(artifact_aliases).filter_by(**here))
        conn.execute(insert(artifact_aliases).values(artifact_id=row.id, **here))


def newest(conn: Connection, project_id: int, name: str) -> Row[Any] | None:
    """The newest version of that name."""
    mine = and_(artifacts.c.project_id == project_id, artifacts.c.name == name)
    return conn.execute(_WITH_RUN.where(mine).order_by(artifacts.c.version.desc()).limit(1)).first()


def by_version(conn: Connection, project_id: int, name: str, version: int) -> Row[Any] | None:
    """The version of that number."""
    mine = and_(artifacts.c.project_id == project_id, artifacts.c.name == name, artifacts.c.version == version)
    return conn.execute(_WITH_RUN.where(mine)).first()


def by_alias(conn: Connection, project_id: int, name: str, alias: str) -> Row[Any] | None:
    """The version that has that alias."""
    named = select(artifact_aliases.c.artifact_id).filter_by(project_id=project_id, name=name, alias=alias)
    return conn.execute(_WITH_RUN.where(artifacts.c.id == named.scalar_subquery())).first()


def listing(
    conn: Connection,
    project_id: int,
    *,
    kind: str | None = None,
    name: str | None = None,
    run_key: int | None = None,
    limit: int,
) -> list[Row[Any]]:
    """Versions, the newest first."""
    wanted: ColumnElement[bool] = true()
    for column, value in ((artifacts.c.type, kind), (artifacts.c.name, name), (artifacts.c.run_key, run_key)):
        if value is not None:
            wanted = and_(wanted, column == value)
    query = _WITH_RUN.where(artifacts.c.project_id == project_id, wanted)
    return list(conn.execute(query.order_by(artifacts.c.id.desc()).limit(limit)))


def files_of(conn: Connection, artifact_id: int) -> list[Row[Any]]:
    """A version's files, by path."""
    query = select(artifact_files).where(artifact_files.c.artifact_id == artifact_id)
    return sorted(conn.execute(query), key=lambda row: str(row.path))


def aliases_of(conn: Connection, row: Row[Any]) -> list[str]:
    """A version's own aliases."""
    query = select(artifact_aliases.c.alias).where(artifact_aliases.c.artifact_id == row.id)
    return sorted(conn.execute(query).scalars())


def newest_version(conn: Connection, project_id: int, name: str) -> int:
    """The highest number of that name's versions."""
    mine = and_(artifacts.c.project_id == project_id, artifacts.c.name == name)
    return int(conn.execute(select(func.max(artifacts.c.version)).where(mine)).scalar_one())
