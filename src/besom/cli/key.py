"""``besom key``: your keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.menu import Command, Group, Option, json_option
from besom.cli.terminal import columns, note, quote, say, say_json
from besom.client.times import iso_time

if TYPE_CHECKING:
    from besom.protocol import ApiKey


@click.group(
    cls=Group,
    examples=[
        ("besom key create laptop", "A key of yours for another machine."),
        ("besom key create cluster --sweep a1b2c3d4", "One for the agents of a sweep, and good for nothing else."),
        ("besom key revoke 0f1e2d3c4b5a", "End a key at once."),
    ],
)
def command() -> None:
    """List, make and revoke your keys."""


@command.command(
    "list",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show your keys.",
    examples=[("besom key list", "Where each was used last.")],
)
@json_option
def show(as_json: bool) -> None:
    """Show your keys: what they are for and when they were used; what they are nobody knows any more."""
    from besom.client.connect import connect
    from besom.protocol import KeyPage

    show_keys(connect().request("GET", "/keys", reply=KeyPage).keys, as_json)


def show_keys(keys: list[ApiKey], as_json: bool) -> None:
    """Prints keys of a user as a table, or as JSON."""
    if as_json:
        say_json(keys)
        return
    rows = [
        (
            key.id,
            key.name + (" (in use here)" if key.current else ""),
            "everything" if key.sweep_id is None else key.sweep_id + (", artifacts" if key.read_artifacts else ""),
            "never" if key.last_used is None else iso_time(key.last_used),
            "no end" if key.expires is None else iso_time(key.expires),
        )
        for key in keys
    ]
    for line in columns(rows, ("KEY", "NAME", "FOR SWEEP", "LAST USED", "GOOD UNTIL")):
        say(line)


@command.command(
    "create",
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Make a key.",
    examples=[
        ("besom key create laptop --days 90", "For another machine of yours, until it ends by itself."),
        ("besom key create cluster --sweep a1b2c3d4", "For the agents of one sweep."),
    ],
)
@click.argument("name")
@click.option("--sweep", metavar="SWEEP", help="Make a service key, for agents and programs of that sweep alone.")
@click.option("--read-artifacts", is_flag=True, help="Let a service key read all artifacts of the project.")
@click.option(
    "--days", cls=Option, type=click.IntRange(min=1), metavar="N", help="How long it is good. [default: until revoked]"
)
@json_option
def create(name: str, sweep: str | None, read_artifacts: bool, days: int | None, as_json: bool) -> None:
    """Make a key and print it, once. NAME says what it is for."""
    from besom.client.connect import connect
    from besom.client.lookup import find_sweep
    from besom.client.paths import parse_item
    from besom.protocol import KeyMade, NewKey

    connection = connect()
    found = None if sweep is None else find_sweep(connection, parse_item(sweep, "sweep"))
    sweep_id = None if found is None else found.id
    asked = NewKey(name=name, days=days, sweep_id=sweep_id, read_artifacts=read_artifacts)
    made = connection.request("POST", "/keys", body=asked, reply=KeyMade)
    if as_json:
        say_json(made)
        return
    if days is None and made.key.expires is not None:
        note(f"It ends with the key that it was made with: {iso_time(made.key.expires)}.")
    note("This is shown once:")
    say(made.secret)
    if found is None:
        note(f"Use it with: besom login --host {connection.url} -")
    else:
        path = quote(f"{found.entity}/{found.project}/{found.id}")
        note(f"Use it with: BESOM_BASE_URL={connection.url} BESOM_API_KEY=... besom agent {path}")
    note(f"To end it: besom key revoke {made.key.id}")


@command.command(
    "revoke",
    cls=Command,
    options_metavar="",
    short_help="End a key at once.",
    examples=[("besom key revoke 0f1e2d3c4b5a", "`besom key list` has the id.")],
)
@click.argument("key")
def revoke(key: str) -> None:
    """End the key with this id at once, and the browser sessions that were begun with it."""
    from besom.client.connect import connect
    from besom.client.connection import segment

    connect().request("DELETE", f"/keys/{segment(key)}")
    say(f"The key {key} is no longer valid.")
