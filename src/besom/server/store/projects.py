"""Queries about projects, and what a caller may see of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, or_, select, update

from besom.server.store.prepared import Prepared
from besom.server.store.tables import agents, blobs, members, projects, runs, sweeps, users

NOBODY = ""
"""The entity of projects that are deleted, in whose place there is nobody: see ``deletion``."""

_FIND = Prepared(select(projects).where(projects.c.entity == bindparam("entity"), projects.c.name == bindparam("name")))
_LIVES = Prepared(select(projects.c.id).where(projects.c.id == bindparam("project"), projects.c.entity != NOBODY))
_NEXT_VERSION = Prepared(
    update(projects)
    .where(projects.c.id == bindparam("project"))
    .values(version=projects.c.version + 1, last_activity=bindparam("now"))
    .returning(projects.c.version)
)


def visible_to(user_id: int, role: str) -> ColumnElement[bool]:
    """Condition on ``projects``: an administrator sees all; others their own entity's, and those of their teams."""
    if role == "admin":
        return projects.c.entity != NOBODY
    own = select(users.c.name).where(users.c.id == user_id).scalar_subquery()
    joined = select(members.c.team).where(members.c.user_id == user_id)
    return or_(projects.c.entity == own, projects.c.entity.in_(joined))


def of_entity(entity: str) -> ColumnElement[bool]:
    """Condition on ``projects``: the entity's."""
    return projects.c.entity == entity


def find(conn: Connection, entity: str, name: str) -> Row[Any] | None:
    """The project of that name."""
    return _FIND.first(conn, {"entity": entity, "name": name})


def is_there(conn: Connection, project_id: int) -> bool:
    """Whether it has not been deleted."""
    return _LIVES.first(conn, {"project": project_id}) is not None


def create(conn: Connection, entity: str, name: str, now: float) -> Row[Any]:
    """Adds a project and returns it. Its id was never another one's, whose files are perhaps being deleted still."""
    values: dict[str, Any] = {"entity": entity, "name": name, "created": now, "last_activity": now}
    if conn.dialect.name == "sqlite":  # which would give the id of a deleted project once more
        newest = conn.execute(select(func.coalesce(func.max(projects.c.id), 0))).scalar_one()
        values["id"] = max(newest + 1, int(now * 1e6))
    return conn.execute(insert(projects).values(values).returning(projects)).one()


def next_version(conn: Connection, project_id: int, now: float) -> int:
    """Counts a change, and locks the project's row until commit, so that numbers become visible in order."""
    return int(_NEXT_VERSION.one(conn, {"project": project_id, "now": now}).version)


def version(conn: Connection, project_id: int) -> int:
    """The number of the latest change."""
    return int(conn.execute(select(projects.c.version).where(projects.c.id == project_id)).scalar_one())


def at_work(conn: Connection, project_id: int) -> tuple[int, int]:
    """(living agents, runs that have begun or were handed out and have not ended)."""
    living = (
        select(func.count())
        .select_from(agents)
        .join(sweeps, sweeps.c.id == agents.c.sweep_id)
        .where(sweeps.c.project_id == project_id, agents.c.state == "running")
    )
    busy = select(func.count()).where(
        runs.c.project_id == project_id,
        runs.c.deleted.is_(None),
        runs.c.ended.is_(None),
        runs.c.state.in_(("pending", "running", "preempting")),
        or_(runs.c.state != "pending", runs.c.agent_id.is_not(None)),
    )
    return int(conn.execute(living).scalar_one()), int(conn.execute(busy).scalar_one())


def listing(conn: Connection, visible: ColumnElement[bool]) -> list[Row[Any]]:
    """Projects with ``run_count``, ``running`` and ``sweep_count``, the most recently active first."""
    alive = and_(runs.c.project_id == projects.c.id, runs.c.deleted.is_(None))
    counts: list[ColumnElement[Any]] = [
        select(func.count()).select_from(runs).where(alive).scalar_subquery().label("run_count"),
        select(func.count())
        .select_from(runs)
        .where(alive, runs.c.ended.is_(None), runs.c.state == "running")
        .scalar_subquery()
        .label("running"),
        select(func.count())
        .select_from(sweeps)
        .where(sweeps.c.project_id == projects.c.id)
        .scalar_subquery()
        .label("sweep_count"),
    ]
    query = select(projects, *counts).where(visible).order_by(projects.c.last_activity.desc(), projects.c.id.desc())
    return list(conn.execute(query))


def count_in(conn: Connection, entity: str) -> int:
    """How many projects an entity has."""
    return int(conn.execute(select(func.count()).where(projects.c.entity == entity)).scalar_one())


def stored_bytes(conn: Connection, condition: ColumnElement[bool]) -> int:
    """Size of all bytes that the projects have."""
    query = select(func.coalesce(func.sum(blobs.c.size), 0)).join(projects, projects.c.id == blobs.c.project_id)
    return int(conn.execute(query.where(condition)).scalar_one())


def only(project_id: int) -> ColumnElement[bool]:
    """Condition on ``projects``: this one."""
    return projects.c.id == project_id
