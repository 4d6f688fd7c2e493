"""``besom audit``: who did what."""

from __future__ import annotations

import click

from besom.cli.menu import Command, Option, json_option
from besom.cli.terminal import columns, say, say_json
from besom.client.times import iso_time


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom audit", "The newest hundred entries of the server."),
        ("besom audit --entity vision", "Those of a team."),
        ("besom audit --limit 1000 --json", "For a script."),
    ],
)
@click.option("-e", "--entity", metavar="NAME", help="Only what was done in that team or user's own place.")
@click.option(
    "--limit",
    cls=Option,
    type=click.IntRange(1, 1000),
    default=100,
    metavar="N",
    help="At most so many. [default: 100]",
)
@json_option
def command(entity: str | None, limit: int, as_json: bool) -> None:
    """Show who did what, the newest first: sign-ins, accounts, keys, invitations, links, deletions, changes of sweeps.

    The whole log is for administrators of the server, that of a team for its admins.
    """
    from besom.client.connect import connect
    from besom.protocol import AuditPage

    query = {"limit": str(limit), **({"entity": entity} if entity else {})}
    entries = connect().request("GET", "/audit", query=query, reply=AuditPage).entries
    if as_json:
        say_json(entries)
        return
    if not entries:
        say("Nothing was done yet.")
        return
    rows = [
        (
            iso_time(entry.time),
            entry.actor,
            entry.action,
            "/".join(filter(None, (entry.entity, entry.project))),
            " ".join(filter(None, (entry.subject, entry.detail))),
            entry.address or "",
        )
        for entry in entries
    ]
    for line in columns(rows, ("TIME", "WHO", "DID", "WHERE", "WHAT", "FROM")):
        say(line)
