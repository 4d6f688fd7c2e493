"""Keys of a user: listed, made, revoked. A service key is one for agents and programs of a single sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import ApiKey, KeyMade, KeyPage, NewKey
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import CALLERS, NEWCOMERS
from besom.server.services.refusals import Conflict, Invalid, Missing, Unauthorized
from besom.server.services.sessions import Sessions
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller, digest, find_user, new_secret
from besom.server.store import secrets, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_NAME = 100
MOST_DAYS = 3650
DAY = 86400.0
"""Seconds."""
MOST_KEYS = 1000
"""Of one user."""


async def list_keys(ctx: Context, sessions: Sessions, caller: Caller, of: str | None = None) -> KeyPage:
    """The caller's keys, or those of another user, the newest first.

    Raises:
        Forbidden: they are another user's, and the caller is no administrator.
        Missing: there is no such user.
    """
    caller.must_be_user()
    await sessions.note_uses()

    def look(conn: Connection) -> list[ApiKey]:
        return [_view(row, caller) for row in secrets.keys_of(conn, _owner(conn, caller, of).id, ctx.clock())]

    return KeyPage(keys=await ctx.read(look))


async def create_key(ctx: Context, caller: Caller, new: NewKey) -> KeyMade:
    """Makes a key. It ends no later than the one that it is made with, of the request or of its session.

    Raises:
        Invalid: its name or its days break a rule.
        Missing, Forbidden: the sweep of a service key is not there, or not the caller's to change.
        Conflict: the caller has too many.
        Unauthorized: the key that it is made with has just ended.
    """
    caller.must_be_user()
    name = new.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "bad_name",
            f"The name of a key has 1 to {LONGEST_NAME} characters that can be seen, not {new.name[:120]!r}.",
            "Say what the key is for.",
            field="name",
        )
    if new.days is not None and not 0 < new.days <= MOST_DAYS:
        raise Invalid("bad_days", f"A key is good for 1 to {MOST_DAYS} days, not {new.days}.", field="days")
    if new.read_artifacts and new.sweep_id is None:
        raise Invalid(
            "not_a_service_key",
            "Only a service key can be one that reads artifacts: every other key does so anyway.",
            "Name the sweep that it is for, too.",
            field="read_artifacts",
        )
    secret = new_secret()

    def create(unit: Unit) -> ApiKey:
        place: dict[str, str] = {}
        if new.sweep_id is not None:
            sweep = find_sweep(unit.conn, caller, new.sweep_id, "write")
            place = {"entity": sweep.entity, "project": sweep.project}
        secrets.drop_expired(unit.conn, unit.now)
        if len(secrets.keys_of(unit.conn, caller.id, unit.now)) >= MOST_KEYS:
            raise Conflict("too_many_keys", f"{caller.name} has {MOST_KEYS} keys.", "Revoke some: besom key revoke ID")
        expires = _end(unit, caller, new.days)
        secrets.add(
            unit.conn,
            digest(secret),
            "key",
            caller.id,
            unit.now,
            expires,
            name=name,
            sweep_id=new.sweep_id,
            reads_artifacts=new.read_artifacts,
        )
        unit.wake(NEWCOMERS)
        reads = ", which reads artifacts" if new.read_artifacts else ""
        what = "" if new.sweep_id is None else f"a service key for sweep {new.sweep_id}{reads}"
        note(unit, caller, "key.made", name, what, **place)
        (made,) = [row for row in secrets.keys_of(unit.conn, caller.id, unit.now) if row.hash == digest(secret)]
        return _view(made, caller)

    return KeyMade(key=await ctx.write(create), secret=secret)


async def revoke_key(ctx: Context, caller: Caller, key_id: str, of: str | None = None) -> None:
    """Ends a key of the caller, or of another user, at once, with the browser sessions that were begun with it.

    Raises:
        Forbidden: it is another user's, and the caller is no administrator.
        Missing: there is no such user or key.
    """
    caller.must_be_user()

    def revoke(unit: Unit) -> None:
        owner = _owner(unit.conn, caller, of)
        for row in secrets.keys_of(unit.conn, owner.id, unit.now):
            if row.id == key_id:
                secrets.drop(unit.conn, row.hash)
                sweep = sweeps.get(unit.conn, row.sweep_id) if row.sweep_id else None
                place = {} if sweep is None else {"entity": sweep.entity, "project": sweep.project}
                note(unit, caller, "key.revoked", row.name or "", _of(owner, caller), **place)
                unit.wake(CALLERS)
                return
        raise Missing(
            "key_not_found",
            f"You have no key {key_id!r}." if owner.id == caller.id else f"{owner.name} has no key {key_id!r}.",
            f"besom {'key list' if owner.id == caller.id else f'user keys {owner.name}'} shows them.",
            field="key",
        )

    await ctx.write(revoke)


async def sign_out_everywhere(ctx: Context, caller: Caller, of: str) -> None:
    """Ends all browser sessions of a user, and the sign-in links that nobody has used. Keys stay good.

    Raises:
        Forbidden: it is another user, and the caller is no administrator.
        Missing: there is no such user.
    """
    caller.must_be_user()

    def drop(unit: Unit) -> None:
        owner = _owner(unit.conn, caller, of)
        secrets.drop_browsers(unit.conn, owner.id)
        note(unit, caller, "session.ended", owner.name, "everywhere")
        unit.wake(CALLERS)

    await ctx.write(drop)


def _owner(conn: Connection, caller: Caller, of: str | None) -> Any:
    """Whose secrets are meant; raises Forbidden for those of others unless the caller is an administrator."""
    if of is None or of == caller.name:
        return caller
    caller.must_be_admin("see and end what other users sign in with")
    return find_user(conn, of)


def _of(owner: Any, caller: Caller) -> str:
    return "" if owner.id == caller.id else f"of {owner.name}"


def _end(unit: Unit, caller: Caller, days: int | None) -> float | None:
    """When a key ends that the caller makes, in Unix seconds; None: never.

    Raises:
        Invalid: it should be good for longer than the one that it is made with.
        Unauthorized: that one has ended since the caller was let in.
    """
    made_with = secrets.get(unit.conn, caller.key_hash, "key") if caller.key_hash is not None else None
    latest = None if made_with is None else made_with.expires
    if caller.key_hash is not None and (made_with is None or (latest is not None and latest <= unit.now)):
        raise Unauthorized(
            "unknown_key", "The key that the new one was to be made with has ended.", "Sign in with a key that is good."
        )
    asked = None if days is None else unit.now + days * DAY
    if latest is not None and asked is not None and asked > latest:
        raise Invalid(
            "bad_days",
            f"A key ends no later than the one it is made with: in {(latest - unit.now) / DAY:.1f} days, not {days}.",
            "Say fewer days or none, or make it with a key that has no end.",
            field="days",
        )
    return latest if asked is None else asked


def _view(row: Any, caller: Caller) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name or "",
        created=row.created,
        last_used=row.used,
        expires=row.expires,
        sweep_id=row.sweep_id,
        read_artifacts=row.reads_artifacts,
        current=row.hash == caller.key_hash,
    )
