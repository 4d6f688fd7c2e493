"""Queries about invitations that nobody has accepted yet. A secret is looked up by its hash."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from besom.server.store.tables import invitations, users

ID_LENGTH = 12
"""The first digits of the hash tell invitations apart: 48 bits of what nobody can turn back."""
_WITH_MAKER = select(
    invitations,
    func.substr(invitations.c.hash, 1, ID_LENGTH).label("id"),
    users.c.name.label("creator"),
    users.c.role.label("creator_role"),
    users.c.disabled.label("creator_disabled"),
).join(users, users.c.id == invitations.c.user_id)


def add(conn: Connection, digest: str, team: str, role: str, user_id: int, now: float, expires: float) -> None:
    """Keeps a new invitation."""
    values = {"hash": digest, "team": team, "role": role, "user_id": user_id, "created": now, "expires": expires}
    conn.execute(insert(invitations).values(values))


def get(conn: Connection, digest: str, now: float) -> Row[Any] | None:
    """An invitation that is still good, with who made it (``creator``, ``creator_role``, ``creator_disabled``)."""
    return conn.execute(_WITH_MAKER.where(invitations.c.hash == digest, invitations.c.expires > now)).first()


def of_team(conn: Connection, team: str, now: float) -> list[Row[Any]]:
    """A team's invitations that are still good, the newest first; with ``id`` and ``creator``."""
    query = _WITH_MAKER.where(invitations.c.team == team, invitations.c.expires > now)
    return list(conn.execute(query.order_by(invitations.c.created.desc(), invitations.c.hash)))


def drop(conn: Connection, digest: str) -> bool:
    """Forgets an invitation; whether it was there. Of two callers at the same time one gets True."""
    return conn.execute(delete(invitations).where(invitations.c.hash == digest)).rowcount > 0


def drop_expired(conn: Connection, now: float) -> None:
    """Forgets what is past its time."""
    conn.execute(delete(invitations).where(invitations.c.expires <= now))
