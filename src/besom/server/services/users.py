"""Who calls, and how much of what a user may do is let through. Only hashes of secrets are stored.

A key is 40 random characters of a 62-letter alphabet (238 bits), so a plain SHA-256 is enough: there is nothing to
guess, and so no reason to be slow.
"""

from __future__ import annotations

import hashlib
import re
import secrets as chance
import string
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from besom.protocol import Role
from besom.server.services.context import Unit
from besom.server.services.live import NEWCOMERS
from besom.server.services.naming import check_name
from besom.server.services.refusals import Conflict, Forbidden, Invalid, Missing
from besom.server.store import secrets, teams, users

if TYPE_CHECKING:
    from sqlalchemy import Connection

KEY_SHAPE = re.compile(r"[A-Za-z0-9]{40}")
ANOTHER_NAME = "Choose another name; that of a team without projects is free after: besom team delete NAME"
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Bounds:
    """What somebody who came by a link, or with a service key, may see: some sweeps of a project and their runs, and a
    report where the link is a report's."""

    sweeps: frozenset[str]
    project_id: int
    may_work: bool = False
    """Whether agents and programs of these sweeps may work with it: a service key. By a link one looks."""
    reads_artifacts: bool = False
    """Of a service key: whether it may read all artifacts of the project."""
    nonce: str = ""
    """Tells a link from the links before and after it."""
    document: str | None = None
    """Id of the report."""

    def beyond(self) -> Forbidden:
        """Says no to what lies outside."""
        if self.may_work:
            return Forbidden(
                "beyond_key",
                f"This is a service key: it is for agents and programs of sweep {min(self.sweeps)} alone.",
                "Use a key of your own for everything else; for artifacts of the project one that was made with: "
                "besom key create --sweep SWEEP --read-artifacts",
            )
        return beyond_link("sweep" if self.document is None else "report")


def beyond_link(what: str) -> Forbidden:
    """Says no to a reader, whose link is to a sweep or to a report."""
    return Forbidden("beyond_link", f"This link lets look at one {what} and change nothing.", "Sign in to do more.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request; or somebody within ``bounds``, who has a part of that user's rights."""

    id: int
    name: str
    role: Role
    """On the server; ``rights`` tells what it is in a project."""
    bounds: Bounds | None = None
    """Of those who came by a link or with a service key."""
    key: str | None = field(default=None, compare=False)
    """Name of the key; None: a browser's session, or a link."""
    key_hash: str | None = field(default=None, compare=False, repr=False)
    """Of the key that the request came with, or with which its session was begun."""
    address: str | None = field(default=None, compare=False)
    """From where the request came, if it is known."""

    def sees_sweep(self, sweep_id: str | None) -> bool:
        """Whether this sweep is within the bounds; None: all that is in the project, of every sweep and of none."""
        return self.bounds is None or sweep_id in self.bounds.sweeps

    def must_see(self, sweep_id: str | None) -> None:
        """Raises Forbidden where a sweep is out of bounds; see ``sees_sweep``."""
        if self.bounds is not None and not self.sees_sweep(sweep_id):
            raise self.bounds.beyond()

    @property
    def reads_artifacts(self) -> bool:
        """Whether artifacts of the project are open to the caller, whichever run made them."""
        return self.bounds is None or self.bounds.reads_artifacts

    def must_be_user(self) -> None:
        """Raises Forbidden for everybody who has bounds: this is for users with all of their rights."""
        if self.bounds is not None:
            raise self.bounds.beyond()

    def must_be_admin(self, what: str) -> None:
        """Raises Forbidden for everybody but administrators of the server; ``what`` they may do ends the sentence."""
        self.must_be_user()
        if self.role != "admin":
            raise Forbidden(
                "admins_only", f"Only an administrator of this server may {what}.", "besom user list shows them."
            )


def new_secret() -> str:
    """A key, a ticket or a session: 40 letters and digits that nobody can guess."""
    return "".join(chance.choice(_LETTERS) for _ in range(40))


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(unit: Unit, name: str, role: Role, key: str) -> int:
    """Adds a user with a first key; returns the user's id.

    Raises:
        Invalid, Conflict: the name breaks a rule or is taken.
    """
    user_id = add_account(unit, name, role)
    if not KEY_SHAPE.fullmatch(key):
        raise Invalid("bad_key", "An API key has exactly 40 characters of A-Z, a-z and 0-9.", field="key")
    secrets.add(unit.conn, digest(key), "key", user_id, unit.now, None, name="first key")
    unit.wake(NEWCOMERS)
    return user_id


def add_account(unit: Unit, name: str, role: Role) -> int:
    """Adds a user without any key; returns the user's id.

    Raises:
        Invalid, Conflict: the name breaks a rule or is taken.
    """
    check_name("entity", name)
    if not name.isascii():
        raise Invalid(
            "bad_name",
            f"The user name {name!r} has letters that look like others.",
            "Use the letters a to z, digits and the like.",
            field="name",
        )
    if taken := lookalike(unit, name):
        raise Conflict("name_taken", f"There is a {taken} already.", ANOTHER_NAME, field="name")
    return users.create(unit.conn, name, role, unit.now)


def find_user(conn: Connection, name: str) -> Any:
    """The row of the user with that name; raises Missing."""
    row = users.by_name(conn, name)
    if row is None:
        raise Missing("user_not_found", f"There is no user {name!r}.", "besom user list shows them.", field="name")
    return row


def lookalike(unit: Unit, name: str) -> str | None:
    """The user or team whose name differs from this one in nothing that people notice, in words; None: nobody's."""
    shape = _shape(name)
    known = [("user", row.name) for row in users.everybody(unit.conn)]
    known += [("team", row.name) for row in teams.listing(unit.conn, None)]
    return next((f"{kind} {found!r}" for kind, found in known if _shape(found) == shape), None)


def _shape(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def ensure_admin(unit: Unit, name: str, key: str) -> str:
    """A key of an administrator, for the server's own folder to keep: the one that it has, where that is good, or where
    the server is new and gets its administrator with it. Else another one: a key that was revoked, or whose owner's
    account was closed, never becomes good again.
    """
    owner = secrets.owner(unit.conn, digest(key), "key", unit.now)
    if owner is not None and owner.role == "admin":
        return key
    admins = users.admins(unit.conn)
    if not admins:
        add_user(unit, name, "admin", key)
        return key
    fresh = new_secret()
    secrets.add(unit.conn, digest(fresh), "key", admins[0].id, unit.now, None, name="the server's key file")
    unit.wake(NEWCOMERS)
    return fresh
