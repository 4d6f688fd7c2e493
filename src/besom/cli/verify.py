"""``besom verify``: does the server do all that sweeps need?"""

from __future__ import annotations

import click

from besom.cli.menu import Command, json_option


@click.command(
    cls=Command,
    options_metavar="[--host URL] [--json]",
    examples=[
        ("besom verify", "Check the server in use."),
        ("besom verify --host https://besom.lab.example", "Check another one; its key must be known."),
    ],
)
@click.option("--host", metavar="URL", help="Address of the server. [default: the one in use]")
@json_option
@click.pass_context
def command(ctx: click.Context, host: str | None, as_json: bool) -> None:
    """Check that the server can be reached, knows you, runs a sweep of ten runs and keeps files; then clean up."""
    from besom.cli.verify_checks import verify

    ctx.exit(verify(host, as_json=as_json))
