"""``besom online``: undoes ``besom offline``."""

from __future__ import annotations

import click

from besom.cli.menu import Command
from besom.cli.terminal import note, say
from besom.client import folder_settings, settings


@click.command(cls=Command, options_metavar="", examples=[("besom online", "Runs of this folder are sent again.")])
def command() -> None:
    """Send runs from now on that are started in this folder. Those made offline are sent by `besom sync`."""
    folder_settings.write(settings.directory(), {"mode": "online"})
    say("Runs started here are sent to the server again. Those made offline: besom sync")
    if name := settings.variable_name("MODE"):
        note(f"Note: {name} says {settings.mode()}, which wins while it is set.")
