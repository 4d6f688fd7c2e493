"""Queries about teams and their members."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, true, update

from besom.server.store.prepared import Prepared
from besom.server.store.tables import members, projects, teams, users

_ROLE = Prepared(
    select(members.c.role).where(members.c.team == bindparam("team"), members.c.user_id == bindparam("user"))
)


def create(conn: Connection, name: str, now: float) -> None:
    """Adds a team without members."""
    conn.execute(insert(teams).values(name=name, created=now))


def remove(conn: Connection, name: str) -> None:
    """Deletes a team, with its members and invitations."""
    conn.execute(delete(teams).where(teams.c.name == name))


def get(conn: Connection, name: str) -> Row[Any] | None:
    """The team of that name."""
    return conn.execute(select(teams).where(teams.c.name == name)).first()


def role_of(conn: Connection, user_id: int, team: str) -> str | None:
    """What a user is in a team; None: no member."""
    found = _ROLE.first(conn, {"team": team, "user": user_id})
    return None if found is None else str(found.role)


def roles_of(conn: Connection, user_id: int) -> dict[str, str]:
    """What a user is in its teams, by their names."""
    query = select(members.c.team, members.c.role).where(members.c.user_id == user_id).order_by(members.c.team)
    return {row.team: row.role for row in conn.execute(query)}


def listing(conn: Connection, user_id: int | None) -> list[Row[Any]]:
    """(name, members, projects) of all teams, or of a user's, by name."""
    mine = select(members.c.team).where(members.c.user_id == user_id)
    people = select(func.count()).where(members.c.team == teams.c.name).scalar_subquery()
    places = select(func.count()).where(projects.c.entity == teams.c.name).scalar_subquery()
    query = select(teams.c.name, people.label("members"), places.label("projects"))
    query = query.where(true() if user_id is None else teams.c.name.in_(mine))
    return list(conn.execute(query.order_by(teams.c.name)))


def members_of(conn: Connection, team: str) -> list[Row[Any]]:
    """Members by name: the users' rows with ``team_role`` and ``since``."""
    query = select(users, members.c.role.label("team_role"), members.c.since)
    query = query.join(members, members.c.user_id == users.c.id).where(members.c.team == team)
    return list(conn.execute(query.order_by(users.c.name)))


def companions(conn: Connection, user_id: int) -> list[Row[Any]]:
    """A user and the members of its teams, by name."""
    mine = select(members.c.team).where(members.c.user_id == user_id)
    known = select(members.c.user_id).where(members.c.team.in_(mine))
    query = select(users).where(or_(users.c.id == user_id, users.c.id.in_(known)))
    return list(conn.execute(query.order_by(users.c.name)))


def put_member(conn: Connection, team: str, user_id: int, role: str, now: float) -> None:
    """Makes a user a member, or changes what the member is."""
    here = (members.c.team == team, members.c.user_id == user_id)
    if conn.execute(update(members).where(*here).values(role=role)).rowcount == 0:
        conn.execute(insert(members).values(team=team, user_id=user_id, role=role, since=now))


def remove_member(conn: Connection, team: str, user_id: int) -> None:
    """Takes a user out of a team."""
    conn.execute(delete(members).where(members.c.team == team, members.c.user_id == user_id))
