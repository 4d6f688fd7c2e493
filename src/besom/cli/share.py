"""``besom share``: a link that lets anyone read a sweep."""

from __future__ import annotations

import click

from besom.cli.menu import Command, json_option
from besom.cli.terminal import LINK, note, paint, say, say_json
from besom.errors import UsageError


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom share a1b2c3d4", "Print the link, made if there is none yet."),
        ("besom share a1b2c3d4 --renew", "Another link; the one before ends at once."),
        ("besom share a1b2c3d4 --off", "No link any more."),
    ],
)
@click.argument("sweep")
@click.option("-p", "--project", help="Project of the sweep, where SWEEP does not say it.")
@click.option("-e", "--entity", help="User or team of the sweep, likewise.")
@click.option("--off", is_flag=True, help="End the link.")
@click.option("--renew", is_flag=True, help="End the link, and make another one.")
@json_option
def command(sweep: str, project: str | None, entity: str | None, off: bool, renew: bool, as_json: bool) -> None:
    """Let anyone who has a link read SWEEP, without a key.

    They see the sweep with its configuration, and its runs with their parameters, results, logs, media and files, live.
    They see nothing else of the project, and change nothing.
    """
    from besom.cli.interrupts import uninterrupted
    from besom.client.connect import connect
    from besom.client.lookup import find_sweep
    from besom.client.pages import is_embedded
    from besom.client.paths import parse_item
    from besom.client.sharing import share, unshare

    if off and renew:
        raise UsageError("--off ends the link, --renew makes another one.", "Give one of the two.")
    connection = connect()
    found = find_sweep(connection, parse_item(sweep, "sweep").filled(project, entity))
    with uninterrupted():
        if off:
            unshare(connection, found.id)
        url = None if off else share(connection, found.id, renew=renew)
    if as_json:
        say_json({"id": found.id, "url": url})
    elif url is None:
        say(f"Nobody can read sweep {found.id} by a link any more.")
    else:
        say(paint(url, **LINK))
        if is_embedded(connection):
            note("This server listens to this machine alone. For others, run one with: besom server --host 0.0.0.0")
