"""``besom user``: accounts of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.menu import Command, Group, json_option
from besom.cli.terminal import LINK, columns, note, paint, say, say_json
from besom.client.times import iso_time

if TYPE_CHECKING:
    from besom.protocol import User, UserChange

ROLES = click.Choice(["viewer", "member", "admin"])


@click.group(
    cls=Group,
    examples=[
        ("besom user add dora", "An account, and the link by which Dora signs in for the first time."),
        ("besom user role dora admin", "Dora decides about accounts, too."),
        ("besom user disable dora", "Nothing of Dora's gets in any more."),
    ],
)
def command() -> None:
    """List accounts; make, close and open them. All but the list is for administrators."""


@command.command("list", cls=Command, options_metavar="[--json]", short_help="Show the users.")
@json_option
def show(as_json: bool) -> None:
    """Show the users whom you may know of: all of them, or you and the members of your teams."""
    from besom.client.connect import connect
    from besom.protocol import UserPage

    users = connect().request("GET", "/users", reply=UserPage).users
    if as_json:
        say_json(users)
        return
    rows = [(user.name, user.role, "closed" if user.disabled else "", iso_time(user.created)) for user in users]
    for line in columns(rows, ("USER", "ROLE", "", "SINCE")):
        say(line)


@command.command("add", cls=Command, options_metavar="[OPTIONS]", short_help="Make an account.")
@click.argument("name")
@click.option("--role", type=ROLES, default="member", help="On the server. [default: member]")
def add(name: str, role: str) -> None:
    """Make an account, and a link by which its owner signs in."""
    from besom.client.connect import connect
    from besom.client.pages import reachable
    from besom.protocol import NewUser, UserMade

    connection = connect()
    body = NewUser(name=name, role=role)  # type: ignore[arg-type]
    made = connection.request("POST", "/users", body=body, reply=UserMade)
    note(f"{name} has an account ({role}). This link signs in once, within seven days; there they can make a key:")
    say(paint(reachable(connection, made.url), **LINK))


@command.command("role", cls=Command, options_metavar="", short_help="Give a user another role.")
@click.argument("name")
@click.argument("role", type=ROLES)
def set_role(name: str, role: str) -> None:
    """Give a user another role on the server: a viewer looks only, an admin sees and may do everything."""
    from besom.protocol import UserChange

    user = _change(name, UserChange(role=role))  # type: ignore[arg-type]
    say(f"{user.name} is {user.role} on this server now.")


@command.command("disable", cls=Command, options_metavar="", short_help="Close an account.")
@click.argument("name")
def disable(name: str) -> None:
    """Close an account at once: its keys and sessions are of no use any more. What its owner made stays."""
    from besom.protocol import UserChange

    _change(name, UserChange(disabled=True))
    say(f"The account of {name} is closed. To open it again: besom user enable {name}")


@command.command("enable", cls=Command, options_metavar="", short_help="Open an account again.")
@click.argument("name")
def enable(name: str) -> None:
    """Open an account again: its keys are good as before."""
    from besom.protocol import UserChange

    _change(name, UserChange(disabled=False))
    say(f"The account of {name} is open. For somebody without a key: besom user link {name}")


@command.command("link", cls=Command, options_metavar="", short_help="Make a sign-in link.")
@click.argument("name")
def link(name: str) -> None:
    """Make a link that signs a user in, who has lost all keys."""
    from besom.client.connect import connect
    from besom.client.connection import segment
    from besom.client.pages import reachable
    from besom.protocol import Ticket

    connection = connect()
    made = connection.request("POST", f"/users/{segment(name)}/link", reply=Ticket)
    note(f"This link signs {name} in once, within seven days:")
    say(paint(reachable(connection, made.url), **LINK))


def _change(name: str, change: UserChange) -> User:
    from besom.client.connect import connect
    from besom.client.connection import segment
    from besom.protocol import User

    return connect().request("PATCH", f"/users/{segment(name)}", body=change, reply=User)
