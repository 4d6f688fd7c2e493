"""Keys of a user: listed, made, revoked. A service key is one for agents and programs of a single sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import ApiKey, KeyMade, KeyPage, NewKey
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.sessions import Sessions
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller, digest, new_secret
from besom.server.store import secrets, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_NAME = 100
MOST_DAYS = 3650
MOST_KEYS = 1000
"""Of one user."""


async def list_keys(ctx: Context, sessions: Sessions, caller: Caller) -> KeyPage:
    """The caller's keys, the newest first."""
    caller.must_be_user()
    await sessions.note_uses()

    def look(conn: Connection) -> list[ApiKey]:
        return [_view(row, caller) for row in secrets.keys_of(conn, caller.id, ctx.clock())]

    return KeyPage(keys=await ctx.read(look))


async def create_key(ctx: Context, caller: Caller, new: NewKey) -> KeyMade:
    """Makes a key.

    Raises:
        Invalid: its name or its days break a rule.
        Missing, Forbidden: the sweep of a service key is not there, or not the caller's to change.
        Conflict: the caller has too many.
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
    secret = new_secret()

    def create(unit: Unit) -> ApiKey:
        place: dict[str, str] = {}
        if new.sweep_id is not None:
            sweep = find_sweep(unit.conn, caller, new.sweep_id, "write")
            place = {"entity": sweep.entity, "project": sweep.project}
        secrets.drop_expired(unit.conn, unit.now)
        if len(secrets.keys_of(unit.conn, caller.id, unit.now)) >= MOST_KEYS:
            raise Conflict("too_many_keys", f"{caller.name} has {MOST_KEYS} keys.", "Revoke some: besom key revoke ID")
        expires = None if new.days is None else unit.now + new.days * 86400.0
        secrets.add(unit.conn, digest(secret), "key", caller.id, unit.now, expires, name=name, sweep_id=new.sweep_id)
        what = "" if new.sweep_id is None else f"a service key for sweep {new.sweep_id}"
        note(unit, caller, "key.made", name, what, **place)
        (made,) = [row for row in secrets.keys_of(unit.conn, caller.id, unit.now) if row.hash == digest(secret)]
        return _view(made, caller)

    return KeyMade(key=await ctx.write(create), secret=secret)


async def revoke_key(ctx: Context, sessions: Sessions, caller: Caller, key_id: str) -> None:
    """Ends a key at once, with the browser sessions that were begun with it; raises Missing."""
    caller.must_be_user()

    def revoke(unit: Unit) -> None:
        for row in secrets.keys_of(unit.conn, caller.id, unit.now):
            if row.id == key_id:
                secrets.drop(unit.conn, row.hash)
                sweep = sweeps.get(unit.conn, row.sweep_id) if row.sweep_id else None
                place = {} if sweep is None else {"entity": sweep.entity, "project": sweep.project}
                note(unit, caller, "key.revoked", row.name or "", **place)
                return
        raise Missing("key_not_found", f"You have no key {key_id!r}.", "besom key list shows them.", field="key")

    await ctx.write(revoke)
    sessions.forget()


def _view(row: Any, caller: Caller) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name or "",
        created=row.created,
        last_used=row.used,
        expires=row.expires,
        sweep_id=row.sweep_id,
        current=row.hash == caller.key_hash,
    )
