"""Accounts: listed, made, given other roles, closed; and who is behind a name, as far as the caller may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import NewUser, Ticket, User, UserChange, UserMade, UserPage
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import CALLERS
from besom.server.services.refusals import Conflict
from besom.server.services.rights import role_in, roles_in
from besom.server.services.sessions import add_ticket, link_to_give
from besom.server.services.users import Caller, add_account, find_user
from besom.server.store import secrets, teams, users

if TYPE_CHECKING:
    from sqlalchemy import Connection

LINK_SECONDS = 7 * 86400.0
"""How long a new user has to sign in."""
_MOST_FOUND = 100


async def list_users(ctx: Context, caller: Caller) -> UserPage:
    """All users, for an administrator; for others themselves and the members of their teams."""
    caller.must_be_user()

    def look(conn: Connection) -> list[Any]:
        return users.everybody(conn) if caller.role == "admin" else teams.companions(conn, caller.id)

    return UserPage(users=[_view(row) for row in await ctx.read(look)])


async def create_user(ctx: Context, caller: Caller, new: NewUser) -> UserMade:
    """Makes an account, and a link that signs its owner in.

    Raises:
        Forbidden: the caller is no administrator.
        Invalid, Conflict: the name breaks a rule or is taken.
    """
    caller.must_be_admin("make accounts")

    def create(unit: Unit) -> tuple[Any, str]:
        user_id = add_account(unit, new.name, new.role)
        note(unit, caller, "user.made", new.name, new.role)
        return users.by_id(unit.conn, user_id), add_ticket(unit, user_id, LINK_SECONDS)

    row, ticket = await ctx.write(create)
    return UserMade(user=_view(row), url=link_to_give(ctx, ticket))


async def change_user(ctx: Context, caller: Caller, name: str, change: UserChange) -> User:
    """Gives a user another role on the server; closes the account, or opens it again.

    Keys of a closed account are of no use until it is opened; its browsers are signed out.

    Raises:
        Forbidden: the caller is no administrator.
        Missing: there is no such user.
        Conflict: the server would be without an administrator.
    """
    caller.must_be_admin("change accounts")

    def work(unit: Unit) -> Any:
        row = find_user(unit.conn, name)
        role = change.role or row.role
        is_open = row.disabled is None if change.disabled is None else not change.disabled
        if [admin.id for admin in users.admins(unit.conn)] == [row.id] and (role != "admin" or not is_open):
            raise Conflict(
                "last_admin",
                f"{name} is the only administrator of this server, which would be left without one.",
                "Make somebody else an administrator first: besom user role NAME admin",
                field="name",
            )
        if role != row.role:
            note(unit, caller, "user.role", name, f"{row.role} -> {role}")
        if is_open != (row.disabled is None):
            note(unit, caller, "user.enabled" if is_open else "user.disabled", name)
        if not is_open:
            secrets.drop_browsers(unit.conn, row.id)
        disabled = None if is_open else row.disabled or unit.now
        unit.wake(CALLERS)
        return users.change(unit.conn, row.id, {"role": role, "disabled": disabled})

    row = await ctx.write(work)
    return _view(row)


async def make_sign_in_link(ctx: Context, caller: Caller, name: str) -> Ticket:
    """A link that signs a user in, once, who has lost all keys.

    Raises:
        Forbidden: the caller is no administrator.
        Missing: there is no such user.
        Conflict: the account is closed.
    """
    caller.must_be_admin("make sign-in links")

    def make(unit: Unit) -> str:
        row = find_user(unit.conn, name)
        if row.disabled is not None:
            raise Conflict(
                "user_disabled", f"The account of {name} is closed.", f"Open it first: besom user enable {name}"
            )
        note(unit, caller, "user.link", name, "a sign-in link was made")
        return add_ticket(unit, row.id, LINK_SECONDS)

    return Ticket(url=link_to_give(ctx, await ctx.write(make)))


async def search_users(ctx: Context, caller: Caller, text: str) -> list[Caller]:
    """Users whose name holds a text, among those whom the caller may know; for an administrator the likeliest first."""
    caller.must_be_user()

    def look(conn: Connection) -> list[Any]:
        if caller.role == "admin":
            return users.like(conn, text, _MOST_FOUND)
        return [row for row in teams.companions(conn, caller.id) if text.lower() in row.name.lower()][:_MOST_FOUND]

    return [Caller(row.id, row.name, row.role) for row in await ctx.read(look)]


async def members_of(ctx: Context, caller: Caller, entity: str) -> list[Caller]:
    """The users of an entity: its owner, or the members of the team with their roles there. Nobody: there is no such
    entity for the caller."""
    caller.must_be_user()

    def look(conn: Connection) -> list[Caller]:
        if role_in(conn, caller, entity) is None:
            return []
        owner = users.by_name(conn, entity)
        if owner is not None:
            return [Caller(owner.id, owner.name, owner.role)]
        return [Caller(row.id, row.name, row.team_role) for row in teams.members_of(conn, entity)]

    return await ctx.read(look)


async def entities_of(ctx: Context, caller: Caller) -> list[str]:
    """Where the caller works: its own entity, then its teams."""
    if caller.bounds is not None:
        return [caller.name]
    return [caller.name, *await ctx.read(lambda conn: roles_in(conn, caller))]


def _view(row: Any) -> User:
    return User(name=row.name, role=row.role, disabled=row.disabled is not None, created=row.created)
