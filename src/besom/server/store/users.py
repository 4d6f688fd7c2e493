"""Queries about users and their secrets. A secret is looked up by its hash; the secret itself is never stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from besom.server.store.folding import holds
from besom.server.store.tables import secrets, users


def create(conn: Connection, name: str, role: str, now: float) -> int:
    """Adds a user and returns its id."""
    return int(conn.execute(insert(users).values(name=name, role=role, created=now).returning(users.c.id)).scalar_one())


def by_name(conn: Connection, name: str) -> Row[Any] | None:
    """The user of that name."""
    return conn.execute(select(users).where(users.c.name == name)).first()


def like(conn: Connection, text: str, limit: int) -> list[Row[Any]]:
    """Up to ``limit`` users whose name holds a text, the shortest name first."""
    query = select(users).where(holds(users.c.name, text))
    return list(conn.execute(query.order_by(func.length(users.c.name), users.c.name).limit(limit)))


def by_id(conn: Connection, user_id: int) -> Row[Any] | None:
    """The user with that id."""
    return conn.execute(select(users).where(users.c.id == user_id)).first()


def first_admin(conn: Connection) -> Row[Any] | None:
    """The administrator who was there first."""
    return conn.execute(select(users).where(users.c.role == "admin").order_by(users.c.id).limit(1)).first()


def count(conn: Connection) -> int:
    """Number of users."""
    return int(conn.execute(select(func.count()).select_from(users)).scalar_one())


def add_secret(conn: Connection, digest: str, kind: str, user_id: int, now: float, expires: float | None) -> None:
    """Keeps the hash of a new key, session or ticket."""
    values = {"hash": digest, "kind": kind, "user_id": user_id, "created": now, "expires": expires}
    conn.execute(insert(secrets).values(values))


def by_secret(conn: Connection, digest: str, kind: str, now: float) -> Row[Any] | None:
    """The owner of a secret that is still good, with the secret's ``expires``."""
    query = (
        select(users, secrets.c.expires)
        .join(secrets, secrets.c.user_id == users.c.id)
        .where(secrets.c.hash == digest, secrets.c.kind == kind)
        .where(or_(secrets.c.expires.is_(None), secrets.c.expires > now))
    )
    return conn.execute(query).first()


def drop_secret(conn: Connection, digest: str) -> bool:
    """Forgets a secret; whether it was there. Of two callers at the same time one gets True."""
    return conn.execute(delete(secrets).where(secrets.c.hash == digest)).rowcount > 0


def drop_expired_secrets(conn: Connection, now: float) -> None:
    """Forgets what is past its time."""
    conn.execute(delete(secrets).where(secrets.c.expires <= now))
