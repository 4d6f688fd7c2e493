"""Who calls: keys, browser sessions, and the one-time tickets that start them. Only hashes are stored.

A key is 40 random characters of a 62-letter alphabet (238 bits), so a plain SHA-256 is enough: there is nothing to
guess, and so no reason to be slow.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from besom.protocol import NewTicket, Ticket, Viewer
from besom.server.services.context import Context, Unit
from besom.server.services.naming import check_name
from besom.server.services.refusals import Conflict, Forbidden, Invalid, Unauthorized
from besom.server.store import projects, users

if TYPE_CHECKING:
    from sqlalchemy import Connection

Role = Literal["viewer", "member", "admin"]

KEY_SHAPE = re.compile(r"[A-Za-z0-9]{40}")
TICKET_SECONDS = 12 * 3600.0
SESSION_SECONDS = 30 * 86400.0
_CACHE_SECONDS = 30.0
_CACHE_SIZE = 10_000
_MOST_FOUND = 100
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Link:
    """What somebody who came by a link may see: one sweep and its runs."""

    sweep_id: str
    project_id: int
    nonce: str
    """Tells it from the sweep's links before and after it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request; or a reader, who came by that user's link and sees a part of what the user sees."""

    id: int
    name: str
    role: Role
    link: Link | None = None
    """Of a reader."""

    def sees_sweep(self, sweep_id: str | None) -> bool:
        """Whether a link does not hide this sweep; None: all that is in the project, of every sweep and of none."""
        return self.link is None or self.link.sweep_id == sweep_id

    def must_see(self, sweep_id: str | None) -> None:
        """Raises Forbidden for a reader whose link is not this sweep's; see ``sees_sweep``."""
        if not self.sees_sweep(sweep_id):
            raise beyond_link()

    def must_write(self) -> None:
        """Raises Forbidden for a reader and for a viewer."""
        if self.link is not None:
            raise beyond_link()
        if self.role == "viewer":
            raise Forbidden(
                "read_only",
                f"{self.name} may look at this server and change nothing (role viewer).",
                "Ask an administrator for the role member.",
            )


def beyond_link() -> Forbidden:
    """Says no to a reader."""
    return Forbidden("beyond_link", "This link lets look at one sweep and change nothing.", "Sign in to do more.")


def new_secret() -> str:
    """A key, a ticket or a session: 40 letters and digits that nobody can guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(40))


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(unit: Unit, name: str, role: Role, key: str) -> int:
    """Adds a user with a first key; returns the user's id.

    Raises:
        Invalid, Conflict: the name breaks a rule or is taken.
    """
    check_name("entity", name)
    if not KEY_SHAPE.fullmatch(key):
        raise Invalid("bad_key", "An API key has exactly 40 characters of A-Z, a-z and 0-9.", field="key")
    if users.by_name(unit.conn, name):
        raise Conflict("name_taken", f"There is a user {name!r} already.", "Choose another name.", field="name")
    user_id = users.create(unit.conn, name, role, unit.now)
    users.add_secret(unit.conn, digest(key), "key", user_id, unit.now, None)
    return user_id


def ensure_admin(unit: Unit, name: str, key: str) -> None:
    """Makes ``key`` good: the administrator's, who is made when there is none yet."""
    if users.by_secret(unit.conn, digest(key), "key", unit.now):
        return
    admin = users.first_admin(unit.conn)
    if admin is None:
        add_user(unit, name, "admin", key)
    else:
        users.add_secret(unit.conn, digest(key), "key", admin.id, unit.now, None)


class Sessions:
    """Tells callers by their secrets. Remembers answers for a short while, as every request asks."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[tuple[str, str], tuple[Caller, float]] = {}

    async def caller(self, secret: str, kind: Literal["key", "session"]) -> Caller:
        """The owner of a key or session.

        Raises:
            Unauthorized: there is none, or its time is over.
        """
        now = self._ctx.clock()
        hashed = digest(secret)
        known = self._known.get((kind, hashed))
        if known and now < known[1]:
            return known[0]
        row = await self._ctx.read(lambda conn: users.by_secret(conn, hashed, kind, now))
        if row is None:
            self._known.pop((kind, hashed), None)
            raise _unknown(kind, secret)
        caller = Caller(row.id, row.name, row.role)
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[kind, hashed] = (caller, min(now + _CACHE_SECONDS, row.expires or now + _CACHE_SECONDS))
        return caller

    async def ticket(self, caller: Caller, request: NewTicket) -> Ticket:
        """A one-time address that signs the caller's browser in."""
        path = safe_path(request.path)
        ticket = new_secret()

        def keep(unit: Unit) -> None:
            users.drop_expired_secrets(unit.conn, unit.now)
            users.add_secret(unit.conn, digest(ticket), "ticket", caller.id, unit.now, unit.now + TICKET_SECONDS)

        await self._ctx.write(keep)
        return Ticket(url=f"{self._ctx.url}/login?ticket={ticket}&next={quote(path)}")

    async def begin_with_ticket(self, ticket: str) -> str:
        """Spends a ticket for a new session.

        Raises:
            Unauthorized: it is unknown, spent or past its time.
        """
        session = new_secret()

        def spend(unit: Unit) -> bool:
            owner = users.by_secret(unit.conn, digest(ticket), "ticket", unit.now)
            if owner is None or not users.drop_secret(unit.conn, digest(ticket)):
                return False
            _keep_session(unit, session, owner.id)
            return True

        if not await self._ctx.write(spend):
            raise Unauthorized(
                "ticket_spent",
                "This sign-in link was used before, or is older than 12 hours.",
                "Make a new one, or paste your API key on the sign-in page.",
            )
        return session

    async def begin_with_key(self, key: str) -> tuple[str, Caller]:
        """Starts a session for the owner of a key; raises Unauthorized."""
        caller = await self.caller(key.strip(), "key")
        session = new_secret()
        await self._ctx.write(lambda unit: _keep_session(unit, session, caller.id))
        return session, caller

    async def end(self, session: str) -> None:
        """Ends a browser's session at once."""
        hashed = digest(session)
        await self._ctx.write(lambda unit: users.drop_secret(unit.conn, hashed))
        self._known.pop(("session", hashed), None)


async def search_users(ctx: Context, caller: Caller, text: str) -> list[Caller]:
    """Users whose name holds a text, the likeliest first. Only an administrator sees others."""
    if caller.role != "admin":
        return [caller] if text.lower() in caller.name.lower() else []
    found = await ctx.read(lambda conn: users.like(conn, text, _MOST_FOUND))
    return [Caller(row.id, row.name, row.role) for row in found]


async def members_of(ctx: Context, caller: Caller, entity: str) -> list[Caller]:
    """The users of an entity whom the caller may see: its owner, or all of them where it is no user's own and has
    projects. Nobody: there is no such entity for the caller."""

    def look(conn: Connection) -> tuple[Any, bool]:
        return users.by_name(conn, entity), projects.has_any(conn, entity)

    owner, has_projects = await ctx.read(look)
    if owner is not None:
        return [Caller(owner.id, owner.name, owner.role)] if caller.role == "admin" or owner.id == caller.id else []
    return await search_users(ctx, caller, "") if has_projects else []


async def entities_of(ctx: Context, caller: Caller) -> list[str]:
    """Where the caller may work: its own entity, then those that all users share."""
    return [caller.name, *await ctx.read(projects.shared_entities)]


def viewer(caller: Caller, server_version: str) -> Viewer:
    """How a caller looks to itself."""
    role = caller.role if caller.link is None else "viewer"
    return Viewer(name=caller.name, entity=caller.name, role=role, server_version=server_version)


def safe_path(path: str) -> str:
    """A path of this server to lead a browser to; never another site.

    Raises:
        Invalid: it is none.
    """
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        raise Invalid("bad_path", f"{path!r} is not a path of this server.", "It starts with one slash.", field="path")
    return path


def _keep_session(unit: Unit, session: str, user_id: int) -> None:
    users.add_secret(unit.conn, digest(session), "session", user_id, unit.now, unit.now + SESSION_SECONDS)


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
        "Store the right one: besom login, or wandb login --relogin",
    )
