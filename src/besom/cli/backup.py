"""``besom backup``: a copy of a server's database and files, while it runs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from besom.cli.failure import server_packages
from besom.cli.menu import Command, json_option
from besom.cli.terminal import say, say_json
from besom.errors import BesomError


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom backup /mnt/disk/besom", "Copy the embedded server's data; again: bring the copy up to date."),
        ("besom backup --data /srv/besom copy", "That of a shared server, on its machine."),
        ("besom server --data /mnt/disk/besom", "Use a copy."),
    ],
)
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the server's data. [default: in BESOM_HOME]",
)
@click.option("--no-files", is_flag=True, help="Copy the database alone: the files are in an object store.")
@json_option
def command(target: Path, data: Path | None, no_files: bool, as_json: bool) -> None:
    """Copy a server's database and files to the folder TARGET; the server may run, and be written to.

    The copy is as the server was at one moment, and is checked. It holds the administrator's key, too.
    """
    from besom.client import settings

    with server_packages():
        from besom.server.store.backup import back_up
    os.umask(0o077)  # as the server's own files: for their user alone, in any folder
    home = data if data is not None else settings.home()
    made = back_up(data if data is not None else home / "data", home / "key", target, files=not no_files)
    if as_json:
        found = {"runs": made.runs, "files": made.files, "bytes": made.bytes, "missing": made.missing}
        say_json({"target": str(target.absolute()), **found})
    else:
        files = f"{made.files:,} file{'' if made.files == 1 else 's'}"
        runs = f"{made.runs:,} run{'' if made.runs == 1 else 's'}"
        say(f"Copied {runs} and {files} ({made.bytes:,} bytes) to {target}.")
        say(f"To use it: besom server --data {target}" + (" --files PLACE" if no_files else ""))
    if made.missing:
        raise BesomError(
            f"{len(made.missing)} files that the database names were lost before: {', '.join(made.missing[:3])}.",
            "The copy holds everything else.",
        )
