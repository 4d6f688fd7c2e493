"""``besom team``: teams, their members, and invitations."""

from __future__ import annotations

import click

from besom.cli.menu import Command, Group, Option, json_option
from besom.cli.terminal import LINK, columns, note, paint, say, say_json
from besom.cli.user import ROLES
from besom.client.times import iso_time


@click.group(
    cls=Group,
    examples=[
        ("besom team create vision", "A team whose admin you are."),
        ("besom team invite vision", "A link by which one person joins it."),
        ("besom team role vision dora admin", "Dora decides about its members, too."),
    ],
)
def command() -> None:
    """List teams; say who is in them; invite somebody.

    A team's viewers look at its projects, its members work in them, its admins also delete projects and decide about
    members.
    """


@command.command(
    "list",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show your teams.",
    examples=[("besom team list", "What you are in each of them.")],
)
@json_option
def show_all(as_json: bool) -> None:
    """Show your teams; to an administrator, all of them."""
    from besom.client.connect import connect
    from besom.protocol import TeamPage

    teams = connect().request("GET", "/teams", reply=TeamPage).teams
    if as_json:
        say_json(teams)
    elif not teams:
        say("No teams. To make one: besom team create NAME")
    else:
        rows = [(team.name, team.role, str(team.members), str(team.projects)) for team in teams]
        for line in columns(rows, ("TEAM", "YOU ARE", "MEMBERS", "PROJECTS")):
            say(line)


@command.command(
    "create",
    cls=Command,
    options_metavar="",
    short_help="Make a team.",
    examples=[("besom team create vision", "You are its admin.")],
)
@click.argument("team")
def create(team: str) -> None:
    """Make a team whose admin you are."""
    from besom.client.connect import connect
    from besom.protocol import TeamDetails

    connect().request("PUT", _route(team), reply=TeamDetails)
    say(f"There is a team {team}. Work in it with: besom sweep -e {team} FILE")
    say(f"Let somebody in: besom team invite {team}")


@command.command(
    "show",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show who is in a team.",
    examples=[("besom team show vision", "Its members, and invitations that are open.")],
)
@click.argument("team")
@json_option
def show(team: str, as_json: bool) -> None:
    """Show who is in TEAM; to its admins also the invitations that nobody has accepted yet."""
    from besom.client.connect import connect
    from besom.protocol import TeamDetails

    found = connect().request("GET", _route(team), reply=TeamDetails)
    if as_json:
        say_json(found)
        return
    rows = [(member.name, member.role, iso_time(member.since)) for member in found.members]
    for line in columns(rows, ("MEMBER", "ROLE", "SINCE")):
        say(line)
    if found.invitations:
        say()
        invited = [(one.id, one.role, one.created_by, iso_time(one.expires)) for one in found.invitations]
        for line in columns(invited, ("INVITATION", "ROLE", "BY", "GOOD UNTIL")):
            say(line)


@command.command(
    "role",
    cls=Command,
    options_metavar="",
    short_help="Say what a user is in a team.",
    examples=[("besom team role vision dora viewer", "Dora looks only.")],
)
@click.argument("team")
@click.argument("name")
@click.argument("role", type=ROLES)
def set_role(team: str, name: str, role: str) -> None:
    """Make the user NAME a member of TEAM, or change what the member is there."""
    from besom.client.connect import connect
    from besom.client.connection import segment
    from besom.protocol import MemberChange, TeamDetails

    change = MemberChange(role=role)  # type: ignore[arg-type]
    connect().request("PUT", f"{_route(team)}/members/{segment(name)}", body=change, reply=TeamDetails)
    say(f"{name} is {role} in {team} now.")


@command.command(
    "remove",
    cls=Command,
    options_metavar="",
    short_help="Take a member out of a team.",
    examples=[("besom team remove vision dora", "What Dora made there stays.")],
)
@click.argument("team")
@click.argument("name")
def remove(team: str, name: str) -> None:
    """Take the member NAME out of TEAM; also yourself."""
    from besom.client.connect import connect
    from besom.client.connection import segment

    connect().request("DELETE", f"{_route(team)}/members/{segment(name)}")
    say(f"{name} is no member of {team} any more. What {name} made there stays.")


@command.command(
    "delete",
    cls=Command,
    options_metavar="",
    short_help="Delete a team without projects.",
    examples=[("besom team delete vision", "When its last project is gone.")],
)
@click.argument("team")
def delete(team: str) -> None:
    """Delete TEAM, which has no projects; its name is free then."""
    from besom.client.connect import connect

    connect().request("DELETE", _route(team))
    say(f"There is no team {team} any more.")


@command.command(
    "invite",
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Make a link by which somebody joins.",
    examples=[
        ("besom team invite vision", "For one person, who then is a member."),
        ("besom team invite vision --role viewer --days 1", "Who looks only; good for a day."),
    ],
)
@click.argument("team")
@click.option("--role", type=ROLES, default="member", help="In the team. [default: member]")
@click.option(
    "--days", cls=Option, type=click.IntRange(1, 30), default=7, metavar="N", help="How long it is good. [default: 7]"
)
def invite(team: str, role: str, days: int) -> None:
    """Make a link by which one person joins TEAM: with an account, or with a new one."""
    from besom.client.connect import connect
    from besom.client.pages import reachable
    from besom.protocol import InvitationMade, NewInvitation

    connection = connect()
    asked = NewInvitation(role=role, days=days)  # type: ignore[arg-type]
    made = connection.request("POST", f"{_route(team)}/invitations", body=asked, reply=InvitationMade)
    note(f"Whoever opens this link first joins {team} as {role}. It is good until {iso_time(made.invitation.expires)}.")
    say(paint(reachable(connection, made.url), **LINK))
    note(f"To end it: besom team withdraw {team} {made.invitation.id}")


@command.command(
    "withdraw",
    cls=Command,
    options_metavar="",
    short_help="End an invitation.",
    examples=[("besom team withdraw vision 0f1e2d3c", "`besom team show vision` has the id.")],
)
@click.argument("team")
@click.argument("invitation")
def withdraw(team: str, invitation: str) -> None:
    """End an invitation to TEAM that nobody has accepted; `besom team show` has their ids."""
    from besom.client.connect import connect
    from besom.client.connection import segment

    connect().request("DELETE", f"{_route(team)}/invitations/{segment(invitation)}")
    say(f"Nobody can join {team} by that invitation any more.")


def _route(team: str) -> str:
    from besom.client.connection import segment

    return f"/teams/{segment(team)}"
