"""Teams: places in which several users work. Made with their first project or on request; their admins decide who is
in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import Invitation, Member, Role, Team, TeamDetails, TeamPage
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import CALLERS
from besom.server.services.naming import check_name
from besom.server.services.refusals import Conflict, Missing
from besom.server.services.rights import Right, demand, expect, role_in
from besom.server.services.users import ANOTHER_NAME, Caller, lookalike
from besom.server.store import invitations, projects, teams, users

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def list_teams(ctx: Context, caller: Caller) -> TeamPage:
    """The caller's teams, all of them for an administrator; by name."""
    caller.must_be_user()

    def look(conn: Connection) -> list[Team]:
        rows = teams.listing(conn, None if caller.role == "admin" else caller.id)
        roles = {row.name: role_in(conn, caller, row.name) or "viewer" for row in rows}
        return [Team(name=row.name, role=roles[row.name], members=row.members, projects=row.projects) for row in rows]

    return TeamPage(teams=await ctx.read(look))


async def get_team(ctx: Context, caller: Caller, name: str) -> TeamDetails:
    """A team with its members; raises Missing."""
    return await ctx.read(lambda conn: _view(conn, caller, name, ctx.clock()))


async def create_team(ctx: Context, caller: Caller, name: str) -> TeamDetails:
    """The team, made when there is none.

    Raises:
        Invalid, Conflict: the name breaks a rule, or is a user's or a team's in which the caller is no member.
        Forbidden: the caller is a viewer of the server.
    """
    caller.must_be_user()

    def create(unit: Unit) -> TeamDetails:
        expect(caller, "write")
        check_name("entity", name)
        is_team = teams.get(unit.conn, name) is not None
        if not is_team and not has_owner(unit.conn, name):
            add_team(unit, caller, name)
        elif not is_team or role_in(unit.conn, caller, name) is None:
            raise Conflict("name_taken", f"The name {name!r} is taken.", ANOTHER_NAME, field="team")
        return _view(unit.conn, caller, name, unit.now)

    return await ctx.write(create)


async def delete_team(ctx: Context, caller: Caller, name: str) -> None:
    """Deletes a team without projects; its name is anybody's again.

    Raises:
        Missing, Forbidden: there is no such team for the caller, or the caller is no admin of it.
        Conflict: it has projects.
    """

    def delete(unit: Unit) -> None:
        find_team(unit.conn, caller, name, "manage")
        if count := projects.count_in(unit.conn, name):
            raise Conflict(
                "team_has_projects",
                f"The team {name} has {count} project{'' if count == 1 else 's'}.",
                "Delete them first, on their pages or by the API.",
                field="team",
            )
        teams.remove(unit.conn, name)
        note(unit, caller, "team.deleted", name, entity=name)
        unit.wake(CALLERS)

    await ctx.write(delete)


async def set_member(ctx: Context, caller: Caller, team: str, user: str, role: Role) -> TeamDetails:
    """Makes a user a member, or changes the member's role.

    Raises:
        Missing: there is no such team or user.
        Conflict: the team would be without an admin.
    """

    def put(unit: Unit) -> TeamDetails:
        find_team(unit.conn, caller, team, "manage")
        found = users.by_name(unit.conn, user)
        if found is None:
            raise Missing(
                "user_not_found",
                f"There is no user {user!r}.",
                f"Invite somebody without an account: besom team invite {team}",
                field="user",
            )
        if role != "admin":
            _keep_admin(unit.conn, team, found.id)
        join(unit, caller, team, found, role)
        unit.wake(CALLERS)
        return _view(unit.conn, caller, team, unit.now)

    return await ctx.write(put)


async def remove_member(ctx: Context, caller: Caller, team: str, user: str) -> None:
    """Takes a member out; also oneself.

    Raises:
        Missing: there is no such team, or no such member.
        Conflict: the team would be without an admin.
    """

    def remove(unit: Unit) -> None:
        find_team(unit.conn, caller, team, "read" if user == caller.name else "manage")
        found = users.by_name(unit.conn, user)
        if found is None or teams.role_of(unit.conn, found.id, team) is None:
            raise Missing(
                "member_not_found", f"{user} is no member of {team}.", f"besom team show {team}", field="user"
            )
        _keep_admin(unit.conn, team, found.id)
        teams.remove_member(unit.conn, team, found.id)
        note(unit, caller, "member.removed", user, entity=team)
        unit.wake(CALLERS)

    await ctx.write(remove)


def find_team(conn: Connection, caller: Caller, name: str, right: Right = "read") -> Role:
    """What the caller is in a team.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that there.
    """
    caller.must_be_user()
    expect(caller, right)
    role = role_in(conn, caller, name) if teams.get(conn, name) is not None else None
    if role is None:
        raise Missing("team_not_found", f"There is no team {name!r}.", "besom team list", field="team")
    demand(caller, role, right, name)
    return role


def has_owner(conn: Connection, entity: str) -> bool:
    """Whether an entity is a user's own, or a team's."""
    return users.by_name(conn, entity) is not None or teams.get(conn, entity) is not None


def add_team(unit: Unit, caller: Caller, name: str) -> None:
    """Makes a team whose admin the caller is; the name is nobody's yet.

    Raises:
        Conflict: a user or team has a name that looks the same.
    """
    if taken := lookalike(unit, name):
        raise Conflict("name_taken", f"There is a {taken} already.", ANOTHER_NAME, field="team")
    teams.create(unit.conn, name, unit.now)
    teams.put_member(unit.conn, name, caller.id, "admin", unit.now)
    note(unit, caller, "team.made", name, entity=name)


def join(unit: Unit, caller: Caller, team: str, user: Any, role: Role, how: str = "") -> None:
    """Makes a user, whose row it is, a member of a team, or changes what the member is there."""
    before = teams.role_of(unit.conn, user.id, team)
    if before != role:
        teams.put_member(unit.conn, team, user.id, role, unit.now)
        action = "member.added" if before is None else "member.changed"
        note(unit, caller, action, user.name, f"{role}{f', {how}' if how else ''}", entity=team)


def invitation_view(row: Any) -> Invitation:
    """A row of ``store.invitations``."""
    return Invitation(id=row.id, role=row.role, created_by=row.creator, created=row.created, expires=row.expires)


def _view(conn: Connection, caller: Caller, name: str, now: float) -> TeamDetails:
    role = find_team(conn, caller, name)
    open_ones = invitations.of_team(conn, name, now) if role == "admin" else []
    return TeamDetails(
        name=name,
        role=role,
        members=[Member(name=row.name, role=row.team_role, since=row.since) for row in teams.members_of(conn, name)],
        invitations=[invitation_view(row) for row in open_ones],
    )


def _keep_admin(conn: Connection, team: str, user_id: int) -> None:
    """Raises Conflict where this user is the only admin of a team."""
    admins = [row.id for row in teams.members_of(conn, team) if row.team_role == "admin"]
    if admins == [user_id]:
        raise Conflict(
            "last_admin",
            f"This is the only admin of {team}: nobody could decide about its members any more.",
            f"Make somebody else an admin first: besom team role {team} NAME admin",
            field="user",
        )
