"""Tells callers by their secrets: keys, browser sessions, and the one-time tickets that start them."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from besom.protocol import NewTicket, TeamRole, Ticket, Viewer
from besom.server.services.addresses import is_of_this_machine
from besom.server.services.audit import write
from besom.server.services.context import Context, Unit
from besom.server.services.live import CALLERS, NEWCOMERS
from besom.server.services.refusals import Invalid, Unauthorized
from besom.server.services.refused_secrets import RefusedSecrets
from besom.server.services.rights import roles_in
from besom.server.services.users import KEY_SHAPE, Bounds, Caller, digest, new_secret
from besom.server.store import secrets
from besom.server.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

TICKET_SECONDS = 12 * 3600.0
SESSION_SECONDS = 30 * 86400.0
_CACHE_SECONDS = 30.0
_CACHE_SIZE = 10_000
_OVERLAP = 60.0
"""Seconds before the last look at what was made, from which on the next one looks: transactions take a while."""


class Sessions:
    """Remembers answers for a short while, as every request asks."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: OrderedDict[tuple[str, str], tuple[Caller | None, float]] = OrderedDict()
        self.endings = 0
        """Counts how often this server has heard that rights or secrets ended: what was read before is not kept."""
        self._used: dict[str, float] = {}
        self.refused = RefusedSecrets(ctx)
        self._made = 1
        """Counts how often this server has heard that secrets were made; it begins by looking at all of them."""
        self._met = 0
        """The same when it looked last at what was made, and when that was."""
        self._looked = -math.inf
        self._looking: asyncio.Task[None] | None = None
        ctx.live.follow(CALLERS, self.forget)
        ctx.live.follow(NEWCOMERS, self._hear_of_newcomers)

    async def caller(self, secret: str, kind: Literal["key", "session"]) -> Caller:
        """The owner of a key or session.

        Raises:
            Unauthorized: there is none, its time is over, or the account is closed.
        """
        now = self._ctx.clock()
        hashed = digest(secret)
        known = self._known.get((kind, hashed))
        if known and known[0] is not None and now < known[1]:
            if kind == "key":
                self._used[hashed] = now
            return known[0]
        endings = self.endings
        row = await self._ctx.read(lambda conn: secrets.owner(conn, hashed, kind, now))
        if row is None:
            self._known.pop((kind, hashed), None)
            raise _unknown(kind, secret)
        bounds = None
        if row.sweep_id is not None:
            bounds = Bounds(
                frozenset({row.sweep_id}), row.project_id, may_work=True, reads_artifacts=row.reads_artifacts
            )
        key_hash = hashed if kind == "key" else row.parent
        caller = Caller(row.id, row.name, row.role, bounds, row.key_name, key_hash)
        if endings == self.endings:
            ends = [end for end in (row.expires, row.parent_expires) if end is not None]
            self._keep(kind, hashed, caller, min([now + _CACHE_SECONDS, *ends]))
        if kind == "key":
            self._used[hashed] = now
        return caller

    def _keep(self, kind: str, hashed: str, caller: Caller | None, until: float) -> None:
        self._known.pop((kind, hashed), None)  # to the end: what is not asked for any more goes first
        self._known[kind, hashed] = (caller, until)
        if len(self._known) > _CACHE_SIZE:
            self._known.popitem(last=False)

    def knows(self, secret: str) -> bool:
        """Whether this was somebody's key or session lately: it is not made up."""
        hashed = digest(secret)
        return ("key", hashed) in self._known or ("session", hashed) in self._known

    async def recognises(self, secret: str) -> bool:
        """Whether this is somebody's key or session: who brings it does not guess, whoever else does at his address.

        What was made since the last look, here or at another server, is looked at once, however much is made up and
        however many ask at a time. While the database cannot be read, nobody new is recognised.
        """
        for _ in range(2):  # the look that is under way may have begun before this secret was made
            if self.knows(secret) or self._met >= self._made:
                break
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self.meet_new())
            with contextlib.suppress(StoreError):
                await asyncio.shield(self._looking)  # others wait for it, too
        return self.knows(secret)

    async def meet_new(self) -> None:
        """Meets the secrets that were made since the last look, as far as they fit in: the ones used last are met
        last."""
        made, now = self._made, self._ctx.clock()
        since = self._looked - _OVERLAP
        for row in await self._ctx.read(lambda conn: secrets.latest(conn, now, since, _CACHE_SIZE)):
            if (row.kind, row.hash) not in self._known:
                self._keep(row.kind, row.hash, None, 0.0)
        self._met, self._looked = made, now

    def _hear_of_newcomers(self) -> None:
        self._made += 1

    def forget(self) -> None:
        """Looks everybody up anew. Called whenever CALLERS is woken."""
        self.endings += 1
        for place, (caller, _) in self._known.items():
            self._known[place] = (caller, 0.0)

    async def note_uses(self) -> None:
        """Writes down when keys were used; to be called about once a minute."""
        used, self._used = self._used, {}
        if used:
            await self._ctx.write(lambda unit: secrets.note_uses(unit.conn, used))

    async def viewer(self, caller: Caller) -> Viewer:
        """How a caller looks to itself."""

        def look(conn: Connection) -> list[TeamRole]:
            if caller.bounds is not None:
                return []
            return [TeamRole(name=team, role=role) for team, role in roles_in(conn, caller).items()]

        service = None
        if caller.bounds is not None and caller.bounds.may_work:
            (service,) = caller.bounds.sweeps
        return Viewer(
            name=caller.name if caller.bounds is None or service is not None else "reader",
            entity=caller.name,
            role=caller.role if caller.bounds is None or service is not None else "viewer",
            server_version=self._ctx.version,
            teams=await self._ctx.read(look),
            service=service,
            shared=not is_of_this_machine(self._ctx.url),
        )

    async def ticket(self, caller: Caller, request: NewTicket) -> Ticket:
        """A one-time address that signs the caller's browser in; what it begins ends with the caller's key."""
        caller.must_be_user()
        path = safe_path(request.path)
        ticket = await self._ctx.write(lambda unit: add_ticket(unit, caller.id, TICKET_SECONDS, parent=caller.key_hash))
        return Ticket(url=f"{self._ctx.url}/login?ticket={ticket}&next={quote(path)}")

    async def begin_with_ticket(self, ticket: str, former: str | None, address: str) -> str:
        """Spends a ticket for a new session.

        Args:
            ticket: The secret.
            former: The session that the browser had, which ends.
            address: Of the client.

        Raises:
            Unauthorized: it is unknown, spent or past its time.
        """

        def spend(unit: Unit) -> str | None:
            owner = secrets.owner(unit.conn, digest(ticket), "ticket", unit.now)
            if owner is None or not secrets.drop(unit.conn, digest(ticket)):
                return None
            write(unit, owner.name, "session.begun", owner.name, "by a sign-in link", address=address)
            return add_session(unit, owner.id, former, parent=owner.parent)

        hashed = digest(ticket)
        is_good = await self._ctx.read(
            lambda conn: secrets.owner(conn, hashed, "ticket", self._ctx.clock()) is not None
        )
        session = await self._ctx.write(spend) if is_good else None  # who guesses has none of the writer's time
        if session is None:
            await self.refused.note("session.refused", "a sign-in link that was used, or is too old", address)
            raise Unauthorized(
                "ticket_spent",
                "This sign-in link was used before, or is too old.",
                "Make a new one, or paste your API key on the sign-in page.",
            )
        return session

    async def begin_with_key(self, key: str, former: str | None, address: str) -> tuple[str, Caller]:
        """Starts a session for the owner of a key; it ends with the key. The browser's former one ends now.

        Raises:
            Unauthorized: nobody has the key.
            Forbidden: it is a service key.
        """
        try:
            caller = await self.caller(key.strip(), "key")
        except Unauthorized:
            await self.refused.note("session.refused", "a key that nobody has", address)
            raise
        caller.must_be_user()

        def begin(unit: Unit) -> str:
            write(unit, caller.name, "session.begun", caller.name, "with a key", key=caller.key, address=address)
            return add_session(unit, caller.id, former, parent=caller.key_hash)

        return await self._ctx.write(begin), caller

    async def end(self, session: str, address: str) -> bool:
        """Ends a browser's session at once; whether there was one."""
        hashed = digest(session)

        def drop(unit: Unit) -> bool:
            owner = secrets.owner(unit.conn, hashed, "session", unit.now)
            if owner is None or not secrets.drop(unit.conn, hashed):
                return False
            write(unit, owner.name, "session.ended", owner.name, address=address)
            unit.wake(CALLERS)
            return True

        is_one = await self._ctx.read(
            lambda conn: secrets.owner(conn, hashed, "session", self._ctx.clock()) is not None
        )
        return is_one and await self._ctx.write(drop)


def add_ticket(unit: Unit, user_id: int, seconds: float, parent: str | None = None) -> str:
    """A new ticket of a user, good for so long; it ends with its parent."""
    ticket = new_secret()
    secrets.drop_expired(unit.conn, unit.now)
    secrets.add(unit.conn, digest(ticket), "ticket", user_id, unit.now, unit.now + seconds, parent=parent)
    return ticket


def link_to_give(ctx: Context, ticket: str) -> str:
    """Where a ticket is spent that is sent to somebody. It stands behind the ``#``, which browsers send to nobody: so
    what looks at links in mails and chats does not spend it, and it is in no log."""
    return f"{ctx.url}/sign-in#{ticket}"


def add_session(unit: Unit, user_id: int, former: str | None = None, parent: str | None = None) -> str:
    """A new session of a user, in the place of the one that the browser had; it ends with its parent."""
    session = new_secret()
    if former is not None and secrets.drop(unit.conn, digest(former), "session"):
        unit.wake(CALLERS)
    unit.wake(NEWCOMERS)
    secrets.add(unit.conn, digest(session), "session", user_id, unit.now, unit.now + SESSION_SECONDS, parent=parent)
    return session


def safe_path(path: str) -> str:
    """A path of this server to lead a browser to; never another site.

    Raises:
        Invalid: it is none.
    """
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        raise Invalid("bad_path", f"{path!r} is not a path of this server.", "It starts with one slash.", field="path")
    return path


def _unknown(kind: str, secret: str) -> Unauthorized:
    if kind == "session":
        return Unauthorized("session_over", "The browser's session is over.", "Sign in again.")
    if not KEY_SHAPE.fullmatch(secret):
        return Unauthorized(
            "bad_key",
            f"That is no API key of this server: a key has 40 letters and digits, this has {len(secret)} characters.",
            "The key of an embedded server is in the file key of its BESOM_HOME; store one with: besom login",
        )
    return Unauthorized(
        "unknown_key",
        "This server does not know the API key.",
        "It may have been revoked. Store the right one: besom login, or wandb login --relogin",
    )
