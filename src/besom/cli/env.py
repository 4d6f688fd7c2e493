"""``besom env``: the settings that connect other programs to the server, for ``eval``."""

from __future__ import annotations

import shlex
import sys

import click

from besom.cli.menu import Command, json_option
from besom.cli.terminal import note, say, say_json
from besom.client.connect import connect
from besom.protocol import Viewer


@click.command(
    cls=Command,
    options_metavar="[--wandb] [--json]",
    examples=[
        ('eval "$(besom env)"', "Connects what this shell starts, on this machine or by ssh."),
        ('eval "$(besom env --wandb)"', "The same for scripts with the real wandb client."),
    ],
)
@click.option("--wandb", is_flag=True, help="Print WANDB_BASE_URL and WANDB_API_KEY, for the wandb client.")
@json_option
def command(wandb: bool, as_json: bool) -> None:
    """Print the server's address and your key as shell commands. Starts the embedded server when it is needed."""
    connection = connect()
    connection.request("GET", "/viewer", reply=Viewer)
    prefix = "WANDB" if wandb else "BESOM"
    if as_json:
        say_json({f"{prefix}_BASE_URL": connection.url, f"{prefix}_API_KEY": connection.key})
        return
    say(f"export {prefix}_BASE_URL={shlex.quote(connection.url)}")
    say(f"export {prefix}_API_KEY={shlex.quote(connection.key or '')}")
    if sys.stdout.isatty():
        note(f'# These lines hold your key. To use them: eval "$(besom env{" --wandb" if wandb else ""})"')
