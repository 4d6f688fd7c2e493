"""``besom user``: accounts of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.key import show_keys
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
        ("besom user keys dora", "Dora's keys, of which one may have leaked."),
        ("besom user disable dora", "Nothing of Dora's gets in any more."),
    ],
)
def command() -> None:
    """List accounts; make, close and open them; end keys and sessions. All but the list is for administrators, except
    what is about yourself."""


@command.command(
    "list",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show the users.",
    examples=[("besom user list", "Who there is, and who may do what.")],
)
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


@command.command(
    "add",
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Make an account.",
    examples=[
        ("besom user add dora", "An account; the link is for Dora alone."),
        ("besom user add eve --role viewer", "Eve looks only."),
    ],
)
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


@command.command(
    "role",
    cls=Command,
    options_metavar="",
    short_help="Give a user another role.",
    examples=[("besom user role dora admin", "Dora decides about accounts, too.")],
)
@click.argument("name")
@click.argument("role", type=ROLES)
def set_role(name: str, role: str) -> None:
    """Give a user another role on the server: a viewer looks only, an admin sees and may do everything."""
    from besom.protocol import UserChange

    user = _change(name, UserChange(role=role))  # type: ignore[arg-type]
    say(f"{user.name} is {user.role} on this server now.")


@command.command(
    "disable",
    cls=Command,
    options_metavar="",
    short_help="Close an account.",
    examples=[("besom user disable dora", "Nothing of Dora's gets in any more.")],
)
@click.argument("name")
def disable(name: str) -> None:
    """Close an account at once: its keys and sessions are of no use any more. What its owner made stays."""
    from besom.protocol import UserChange

    _change(name, UserChange(disabled=True))
    say(f"The account of {name} is closed. To open it again: besom user enable {name}")


@command.command(
    "enable",
    cls=Command,
    options_metavar="",
    short_help="Open an account again.",
    examples=[("besom user enable dora", "Dora's keys are good again.")],
)
@click.argument("name")
def enable(name: str) -> None:
    """Open an account again: its keys are good as before."""
    from besom.protocol import UserChange

    _change(name, UserChange(disabled=False))
    say(f"The account of {name} is open. For somebody without a key: besom user link {name}")


@command.command(
    "link",
    cls=Command,
    options_metavar="",
    short_help="Make a sign-in link.",
    examples=[("besom user link dora", "For Dora, who has lost all keys.")],
)
@click.argument("name")
def link(name: str) -> None:
    """Make a link that signs a user in, who has lost all keys."""
    from besom.client.connect import connect
    from besom.client.pages import reachable
    from besom.protocol import Ticket

    connection = connect()
    made = connection.request("POST", f"{_route(name)}/link", reply=Ticket)
    note(f"This link signs {name} in once, within seven days:")
    say(paint(reachable(connection, made.url), **LINK))


@command.command(
    "keys",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show a user's keys.",
    examples=[("besom user keys dora", "Their ids, for `besom user revoke`.")],
)
@click.argument("name")
@json_option
def keys(name: str, as_json: bool) -> None:
    """Show the keys of a user: what they are for and when they were used."""
    from besom.client.connect import connect
    from besom.protocol import KeyPage

    show_keys(connect().request("GET", f"{_route(name)}/keys", reply=KeyPage).keys, as_json)


@command.command(
    "revoke",
    cls=Command,
    options_metavar="",
    short_help="End a key of a user.",
    examples=[("besom user revoke dora 0f1e2d3c4b5a", "One that may have leaked.")],
)
@click.argument("name")
@click.argument("key")
def revoke(name: str, key: str) -> None:
    """End the key with this id at once, and the browser sessions that were begun with it; `besom user keys` has the
    ids."""
    from besom.client.connect import connect
    from besom.client.connection import segment

    connect().request("DELETE", f"{_route(name)}/keys/{segment(key)}")
    say(f"The key {key} of {name} is no longer valid.")


@command.command(
    "sign-out",
    cls=Command,
    options_metavar="",
    short_help="Sign a user out of all browsers.",
    examples=[("besom user sign-out dora", "After a laptop was lost.")],
)
@click.argument("name")
def sign_out(name: str) -> None:
    """Sign a user out of all browsers, and end the sign-in links that nobody has used. Keys stay good."""
    from besom.client.connect import connect

    connect().request("DELETE", f"{_route(name)}/sessions")
    say(f"No browser is signed in as {name} any more. Keys are still good: besom user keys {name}")


def _change(name: str, change: UserChange) -> User:
    from besom.client.connect import connect
    from besom.protocol import User

    return connect().request("PATCH", _route(name), body=change, reply=User)


def _route(name: str) -> str:
    from besom.client.connection import segment

    return f"/users/{segment(name)}"
