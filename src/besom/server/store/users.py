"""Queries about users."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from besom.server.store.case_insensitive import contains
from besom.server.store.tables import users


def create(conn: Connection, name: str, role: str, now: float) -> int:
    """Adds a user and returns its id."""
    return int(conn.execute(insert(users).values(name=name, role=role, created=now).returning(users.c.id)).scalar_one())


def change(conn: Connection, user_id: int, values: dict[str, Any]) -> Row[Any]:
    """Sets columns of a user; returns its row."""
    return conn.execute(update(users).where(users.c.id == user_id).values(values).returning(users)).one()


def by_name(conn: Connection, name: str) -> Row[Any] | None:
    """The user of that name."""
    return conn.execute(select(users).where(users.c.name == name)).first()


def by_id(conn: Connection, user_id: int) -> Row[Any] | None:
    """The user with that id."""
    return conn.execute(select(users).where(users.c.id == user_id)).first()


def like(conn: Connection, text: str, limit: int) -> list[Row[Any]]:
    """Up to ``limit`` users whose name holds a text, the shortest name first."""
    query = select(users).where(contains(users.c.name, text))
    return list(conn.execute(query.order_by(func.length(users.c.name), users.c.name).limit(limit)))


def everybody(conn: Connection) -> list[Row[Any]]:
    """All users by name."""
    return list(conn.execute(select(users).order_by(users.c.name)))


def admins(conn: Connection) -> list[Row[Any]]:
    """The administrators whose accounts are open, the first one first."""
    query = select(users).where(users.c.role == "admin", users.c.disabled.is_(None))
    return list(conn.execute(query.order_by(users.c.id)))
