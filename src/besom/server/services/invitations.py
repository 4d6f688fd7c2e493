"""Invitations: links by which one person joins a team, with an account or with a new one.

The secret stands behind the ``#`` of the address, which browsers send to nobody: it is in no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import Acceptance, InvitationMade, InvitationView, Joined, NewInvitation
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import CALLERS
from besom.server.services.refusals import Invalid, Missing, Unauthorized
from besom.server.services.rights import role_in
from besom.server.services.sessions import Sessions, add_session
from besom.server.services.teams import find_team, invitation_view, join
from besom.server.services.users import Caller, add_user, digest, new_secret
from besom.server.store import invitations, teams, users

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_DAYS = 30
_STRENGTH = ["viewer", "member", "admin"]


async def create(ctx: Context, caller: Caller, team: str, new: NewInvitation) -> InvitationMade:
    """Makes an invitation.

    Raises:
        Missing, Forbidden: there is no such team for the caller, or the caller is no admin of it.
        Invalid: it should be good for too long.
    """
    if not 0 < new.days <= MOST_DAYS:
        raise Invalid("bad_days", f"An invitation is good for 1 to {MOST_DAYS} days, not {new.days}.", field="days")
    secret = new_secret()

    def make(unit: Unit) -> Any:
        find_team(unit.conn, caller, team, "manage")
        invitations.drop_expired(unit.conn, unit.now)
        expires = unit.now + new.days * 86400.0
        invitations.add(unit.conn, digest(secret), team, new.role, caller.id, unit.now, expires)
        note(unit, caller, "invitation.made", team, new.role, entity=team)
        return invitations.get(unit.conn, digest(secret), unit.now)

    made = await ctx.write(make)
    return InvitationMade(invitation=invitation_view(made), url=f"{ctx.url}/join#{secret}")


async def withdraw(ctx: Context, caller: Caller, team: str, invitation_id: str) -> None:
    """Ends an invitation that nobody has accepted.

    Raises:
        Missing, Forbidden: there is no such team or invitation for the caller, or the caller is no admin of the team.
    """

    def drop(unit: Unit) -> None:
        find_team(unit.conn, caller, team, "manage")
        for row in invitations.of_team(unit.conn, team, unit.now):
            if row.id == invitation_id:
                invitations.drop(unit.conn, row.hash)
                note(unit, caller, "invitation.withdrawn", team, row.role, entity=team)
                return
        raise Missing(
            "invitation_not_found",
            f"{team} has no invitation {invitation_id!r}: it was accepted or withdrawn, or its time is over.",
            field="invitation",
        )

    await ctx.write(drop)


async def look(ctx: Context, sessions: Sessions, secret: str, address: str) -> InvitationView:
    """What an invitation is for; raises Unauthorized where it is no longer valid."""
    try:
        row = await ctx.read(lambda conn: _living(conn, secret, ctx.clock()))
    except Unauthorized:
        await sessions.refused.note("invitation.refused", "an invitation that is no longer valid", address)
        raise
    return InvitationView(team=row.team, role=row.role, invited_by=row.creator, expires=row.expires)


async def accept(
    ctx: Context, sessions: Sessions, asked: Acceptance, session: str | None, address: str
) -> tuple[Joined, str | None]:
    """Spends an invitation; returns who joined, and for a new account its session.

    Args:
        ctx: The services' context.
        sessions: Tells whose session it is.
        asked: The secret, and for a new account its name.
        session: Of the browser, if it has one that may still be good.
        address: Of the client.

    Raises:
        Unauthorized: the invitation is no longer valid.
        Invalid: there is neither a session nor a name.
        Conflict: the name is taken.
    """
    await look(ctx, sessions, asked.secret, address)  # who guesses has none of the writer's time
    known = await _signed_in(sessions, session)
    key = new_secret()
    if known is None and asked.name is None:
        raise Invalid(
            "no_name", "A new account needs a name.", "Choose one, or sign in first to join as yourself.", field="name"
        )

    def work(unit: Unit) -> tuple[Caller, str, str | None]:
        row = _living(unit.conn, asked.secret, unit.now)
        invitations.drop(unit.conn, row.hash)
        if known is not None:
            who = Caller(known.id, known.name, known.role, key=known.key, address=address)
        else:
            user_id = add_user(unit, asked.name or "", "member", key)
            who = Caller(user_id, asked.name or "", "member", address=address)
            note(unit, who, "user.made", who.name, f"by an invitation of {row.creator}", entity=row.team)
        now = teams.role_of(unit.conn, who.id, row.team)
        if now is None or _STRENGTH.index(now) < _STRENGTH.index(row.role):  # an invitation takes nothing away
            user = users.by_id(unit.conn, who.id)
            join(unit, who, row.team, user, row.role, f"by an invitation of {row.creator}")
        unit.wake(CALLERS)
        if known is not None:
            return who, row.team, None
        note(unit, who, "session.begun", who.name, "by an invitation")
        return who, row.team, add_session(unit, who.id, session, parent=digest(key))

    who, team, fresh = await ctx.write(work)
    viewer = await sessions.viewer(who)
    return Joined(viewer=viewer, team=team, key=None if known is not None else key), fresh


async def _signed_in(sessions: Sessions, session: str | None) -> Caller | None:
    if session is None:
        return None
    try:
        return await sessions.caller(session, "session")
    except Unauthorized:
        return None


def _living(conn: Connection, secret: str, now: float) -> Any:
    """The invitation, if whoever made it may still invite."""
    row = invitations.get(conn, digest(secret), now)
    if row is not None and row.creator_disabled is None:
        creator = Caller(row.user_id, row.creator, row.creator_role)
        if role_in(conn, creator, row.team) == "admin":
            return row
    raise Unauthorized(
        "invitation_over",
        "This invitation is no longer valid: it was accepted or withdrawn, or its time is over.",
        "Ask whoever sent it to you for a new one.",
    )
