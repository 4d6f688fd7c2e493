"""Queries about keys, sessions and tickets. A secret is looked up by its hash; the secret itself is never stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from besom.server.store.prepared import Prepared
from besom.server.store.tables import secrets, sweeps, users

Kind = Literal["key", "session", "ticket"]

ID_LENGTH = 12
"""The first digits of the hash tell keys apart: 48 bits of what nobody can turn back."""
_PARENT = secrets.alias("parent")
_ID = func.substr(secrets.c.hash, 1, ID_LENGTH)
_OWNER = (
    select(users, secrets.c.expires, secrets.c.name.label("key_name"), secrets.c.parent, secrets.c.sweep_id)
    .add_columns(secrets.c.reads_artifacts)
    .add_columns(sweeps.c.project_id, _PARENT.c.expires.label("parent_expires"))
    .join(secrets, secrets.c.user_id == users.c.id)
    .outerjoin(sweeps, sweeps.c.id == secrets.c.sweep_id)
    .where(secrets.c.hash == bindparam("hash"), secrets.c.kind == bindparam("kind"))
    .where(or_(secrets.c.expires.is_(None), secrets.c.expires > bindparam("now")))
    .outerjoin(_PARENT, _PARENT.c.hash == secrets.c.parent)
    .where(users.c.disabled.is_(None), or_(secrets.c.sweep_id.is_(None), sweeps.c.id.is_not(None)))
    .where(or_(secrets.c.parent.is_(None), _PARENT.c.hash.is_not(None)))
    .where(or_(_PARENT.c.expires.is_(None), _PARENT.c.expires > bindparam("now")))
)

_KEPT = Prepared(
    select(secrets.c.hash)
    .join(users, users.c.id == secrets.c.user_id)
    .where(secrets.c.hash == bindparam("hash"), users.c.disabled.is_(None))
)


def add(
    conn: Connection,
    digest: str,
    kind: Kind,
    user_id: int,
    now: float,
    expires: float | None,
    *,
    name: str | None = None,
    sweep_id: str | None = None,
    parent: str | None = None,
    reads_artifacts: bool = False,
) -> None:
    """Keeps the hash of a new key, session or ticket.

    Args:
        conn: A connection.
        digest: The hash.
        kind: What it is.
        user_id: Whose it is.
        now: Unix seconds.
        expires: Likewise; None: never.
        name: Of a key.
        sweep_id: Of a service key.
        parent: Hash of the key with which it was made; it ends with that one.
        reads_artifacts: Of a service key: whether it may read all artifacts of the sweep's project.
    """
    values = {"hash": digest, "kind": kind, "user_id": user_id, "created": now, "expires": expires}
    values |= {"name": name, "sweep_id": sweep_id, "parent": parent, "reads_artifacts": reads_artifacts}
    conn.execute(insert(secrets).values(values))


def owner(conn: Connection, digest: str, kind: Kind, now: float) -> Row[Any] | None:
    """The owner of a secret that is still good, with its ``expires``, ``key_name``, ``parent`` and that one's
    ``parent_expires``, ``sweep_id``, ``reads_artifacts`` and the ``project_id`` of that sweep. None for a closed
    account, and for a service key whose sweep is gone."""
    return conn.execute(_OWNER, {"hash": digest, "kind": kind, "now": now}).first()


def get(conn: Connection, digest: str, kind: Kind) -> Row[Any] | None:
    """What is kept of a secret, good or not."""
    return conn.execute(select(secrets).where(secrets.c.hash == digest, secrets.c.kind == kind)).first()


def is_kept(conn: Connection, digest: str) -> bool:
    """Whether a secret was neither dropped nor its owner's account closed."""
    return _KEPT.first(conn, {"hash": digest}) is not None


def keys_of(conn: Connection, user_id: int, now: float) -> list[Row[Any]]:
    """A user's keys that are still good, the newest first; with their ``id``."""
    query = (
        select(secrets, _ID.label("id"))
        .outerjoin(sweeps, sweeps.c.id == secrets.c.sweep_id)
        .where(secrets.c.user_id == user_id, secrets.c.kind == "key")
        .where(or_(secrets.c.expires.is_(None), secrets.c.expires > now))
        .where(or_(secrets.c.sweep_id.is_(None), sweeps.c.id.is_not(None)))
    )
    return list(conn.execute(query.order_by(secrets.c.created.desc(), secrets.c.hash)))


def latest(conn: Connection, now: float, since: float, limit: int) -> list[Row[tuple[str, str]]]:
    """(kind, hash) of keys and sessions that were made ``since`` then and are not past their time: those used last, or
    made last, stand last."""
    recent = func.coalesce(secrets.c.used, secrets.c.created)
    query = select(secrets.c.kind, secrets.c.hash).where(secrets.c.kind != "ticket", secrets.c.created >= since)
    query = query.where(or_(secrets.c.expires.is_(None), secrets.c.expires > now))
    return list(reversed(conn.execute(query.order_by(recent.desc()).limit(limit)).all()))


def note_uses(conn: Connection, uses: Mapping[str, float]) -> None:
    """Keeps when keys were used, by their hashes."""
    for digest, used in uses.items():
        later = or_(secrets.c.used.is_(None), secrets.c.used < used)  # another server may have noted it already
        conn.execute(update(secrets).where(secrets.c.hash == digest, later).values(used=used))


def drop(conn: Connection, digest: str, kind: Kind | None = None) -> bool:
    """Forgets a secret, of this kind if one is given, and what was made with it; whether it was there. Of two callers
    at the same time one gets True."""
    wanted = secrets.c.hash == digest
    if kind is not None:
        wanted &= secrets.c.kind == kind
    was_there = conn.execute(delete(secrets).where(wanted)).rowcount > 0
    if was_there:
        conn.execute(delete(secrets).where(secrets.c.parent == digest))
    return was_there


def drop_expired(conn: Connection, now: float) -> None:
    """Forgets what is past its time."""
    conn.execute(delete(secrets).where(secrets.c.expires <= now))


def drop_of_sweep(conn: Connection, sweep_id: str) -> None:
    """Forgets the service keys of a sweep."""
    conn.execute(delete(secrets).where(secrets.c.sweep_id == sweep_id))


def drop_of_project(conn: Connection, project_id: int) -> None:
    """Forgets the service keys of all sweeps of a project."""
    there = select(sweeps.c.id).where(sweeps.c.project_id == project_id)
    conn.execute(delete(secrets).where(secrets.c.sweep_id.in_(there)))


def drop_browsers(conn: Connection, user_id: int) -> None:
    """Forgets a user's sessions and tickets."""
    conn.execute(delete(secrets).where(secrets.c.user_id == user_id, secrets.c.kind != "key"))
