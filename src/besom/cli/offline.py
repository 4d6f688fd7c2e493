"""``besom offline``: runs of this folder are kept on disk."""

from __future__ import annotations

import click

from besom.cli.menu import Command
from besom.cli.terminal import note, say
from besom.client import folder_settings, settings


@click.command(cls=Command, options_metavar="", examples=[("besom offline", "Nothing is sent from this folder.")])
def command() -> None:
    """Keep the runs that are started in this folder on disk, until `besom sync` or `besom online`."""
    file = folder_settings.write(settings.directory(), {"mode": "offline"})
    say(f"Runs started here send nothing from now on (kept in {file}). Send them later with: besom sync")
    if (name := settings.variable_name("MODE")) and settings.mode() != "offline":
        note(f"Note: {name} says {settings.mode()}, which wins while it is set.")
