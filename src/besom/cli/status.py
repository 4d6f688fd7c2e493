"""``besom status``: what is configured and what runs."""

from __future__ import annotations

import time

import click

from besom.cli.menu import Command, json_option


@click.command(
    cls=Command,
    options_metavar="[--json]",
    examples=[
        ("besom status", "The server in use, your settings, the sweeps that run."),
        ("besom status a1b2c3d4", "One sweep: state, progress, best run, agents."),
    ],
)
@click.argument("sweep", required=False)
@json_option
def command(sweep: str | None, as_json: bool) -> None:
    """Show which server is used, and why; or how far SWEEP is. Starts nothing."""
    if sweep:
        from besom.cli.status_sweep import show_sweep

        show_sweep(sweep, time.time(), as_json=as_json)
    else:
        from besom.cli.status_overview import show_overview

        show_overview(as_json=as_json)
