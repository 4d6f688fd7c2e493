"""REST: teams, their members, and invitations to them."""

from __future__ import annotations

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from besom.protocol import InvitationMade, MemberChange, NewInvitation, TeamDetails, TeamPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import invitations, teams

_TEAM = "/api/v1/teams/{team:str}"
_MEMBER = _TEAM + "/members/{user:str}"


@get("/api/v1/teams", tags=["teams"])
async def list_teams(services: ServicesDep, caller: CallerDep) -> TeamPage:
    """The caller's teams; an administrator's are all of them."""
    return await teams.list_teams(services.ctx, caller)


@put(_TEAM, status_code=200, tags=["teams"])
async def create_team(services: ServicesDep, caller: CallerDep, team: FromPath[str]) -> TeamDetails:
    """The team, made when there is none; its maker is its admin."""
    return await teams.create_team(services.ctx, caller, team)


@get(_TEAM, tags=["teams"])
async def get_team(services: ServicesDep, caller: CallerDep, team: FromPath[str]) -> TeamDetails:
    """A team with its members."""
    return await teams.get_team(services.ctx, caller, team)


@delete(_TEAM, tags=["teams"])
async def delete_team(services: ServicesDep, caller: CallerDep, team: FromPath[str]) -> None:
    """Deletes a team without projects; for its admins."""
    await teams.delete_team(services.ctx, caller, team)


@put(_MEMBER, status_code=200, tags=["teams"])
async def set_member(
    services: ServicesDep, caller: CallerDep, team: FromPath[str], user: FromPath[str], data: JSONBody[MemberChange]
) -> TeamDetails:
    """Makes a user a member, or changes a member's role; for admins of the team."""
    return await teams.set_member(services.ctx, caller, team, user, data.role)


@delete(_MEMBER, tags=["teams"])
async def remove_member(services: ServicesDep, caller: CallerDep, team: FromPath[str], user: FromPath[str]) -> None:
    """Takes a member out of a team; for admins of the team, and for the member."""
    await teams.remove_member(services.ctx, caller, team, user)


@post(_TEAM + "/invitations", status_code=201, tags=["teams"])
async def create_invitation(
    services: ServicesDep, caller: CallerDep, team: FromPath[str], data: JSONBody[NewInvitation]
) -> InvitationMade:
    """Makes a link by which one person joins the team; for admins of the team."""
    return await invitations.create(services.ctx, caller, team, data)


@delete(_TEAM + "/invitations/{invitation_id:str}", tags=["teams"])
async def withdraw_invitation(
    services: ServicesDep, caller: CallerDep, team: FromPath[str], invitation_id: FromPath[str]
) -> None:
    """Ends an invitation that nobody has accepted."""
    await invitations.withdraw(services.ctx, caller, team, invitation_id)


HANDLERS = [
    list_teams,
    create_team,
    get_team,
    delete_team,
    set_member,
    remove_member,
    create_invitation,
    withdraw_invitation,
]
