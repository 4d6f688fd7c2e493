"""``besom migrate``: a server's data in another database, its files in another place."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from besom.cli.failure import server_packages
from besom.cli.menu import Command, json_option
from besom.cli.terminal import note, progress, say, say_json
from besom.errors import BesomError, UsageError

if TYPE_CHECKING:
    from besom.server.store.blob_transfer import Copied

_DATABASE, _BLOBS = "besom.db", "blobs"
_SAY_EVERY = 10.0
"""Seconds between two lines about a long work, where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server keeps its data."""

    database: str
    files: str | None
    """None where only ``--files-...`` can tell."""
    folder: Path | None
    """What the server has as ``--data``, if it is that."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom migrate ~/.besom postgresql://ann@db/besom", "A laptop's data to a team's PostgreSQL; files stay."),
        ("besom migrate postgresql://ann@db/besom new --files-from /srv/besom/blobs", "Back, into a folder."),
    ],
)
@click.argument("source")
@click.argument("target")
@click.option("--files-from", metavar="PLACE", help="Where the files are, if SOURCE is no folder.")
@click.option(
    "--files-to", metavar="PLACE", help="Where to copy them. [default: they stay, or go to the folder TARGET]"
)
@json_option
def command(source: str, target: str, files_from: str | None, files_to: str | None, as_json: bool) -> None:
    """Copy all data of the server at SOURCE to the empty TARGET, and check that everything arrived.

    Both are a folder that servers have as --data, or the address of a database. Stop the servers first.
    """
    with server_packages():
        from besom.server.store.blob_store import open_blobs
        from besom.server.store.blob_transfer import copy_blobs
        from besom.server.store.transfer import Blob, open_alone, transfer
    os.umask(0o077)  # as the server's own files: for their user alone
    old, new = _source(source), _target(target)
    files_from, files_to = files_from or old.files, files_to or new.files
    telling = _Telling()
    copied: Copied | None = None

    def copy_files(named: list[Blob]) -> None:
        nonlocal copied
        if files_to is None or not named:
            return
        if files_from is None:
            raise UsageError(
                f"The database names {len(named)} files, and {source} does not tell where they are.",
                "Say so with --files-from: the folder `blobs` of what its servers have as --data.",
            )
        scratch = Path(tempfile.gettempdir())
        places = open_blobs(files_from, scratch), open_blobs(files_to, scratch)
        copied = copy_blobs(named, *places, lambda done: telling.tell("files", done, len(named)))

    with contextlib.closing(open_alone(old.database)) as reads, contextlib.closing(open_alone(new.database)) as writes:
        rows = transfer(reads, writes, telling.tell, copy_files)
    telling.end()
    stays = files_from if files_to is None and rows["blobs"] else None
    if as_json:
        missing = copied.missing if copied else []
        say_json({"rows": rows, "files": copied.files if copied else 0, "missing": missing})
    else:
        _conclude(rows, copied, stays, files_to or stays, new)
    if copied and copied.missing:
        raise BesomError(
            f"{len(copied.missing)} files that the database names were lost before: {', '.join(copied.missing[:3])}.",
            "Everything else was copied.",
        )


def _source(text: str) -> Place:
    if "://" in text:
        return Place(text, None, None)
    given = Path(text).expanduser()
    for folder in (given, given / "data"):
        if (folder / _DATABASE).is_file():
            return _in(folder)
    raise UsageError(
        f"There is no server's data in {given}.", "Name the folder that its server has as --data, or a database."
    )


def _target(text: str) -> Place:
    return Place(text, None, None) if "://" in text else _in(Path(text).expanduser())


def _in(folder: Path) -> Place:
    folder = folder.absolute()
    return Place(f"sqlite:///{folder / _DATABASE}", str(folder / _BLOBS), folder)


def _conclude(rows: dict[str, int], copied: Copied | None, stays: str | None, files: str | None, new: Place) -> None:
    say(
        f"Copied {sum(rows.values()):,} rows of {len(rows)} tables, {rows['runs']:,} runs among them. Each was checked."
    )
    if copied is not None:
        say(f"Copied {copied.files:,} files ({copied.bytes:,} bytes), checked by their digests.")
    if stays is not None:
        say(f"The files stay in {stays}: the new server needs them there.")
    say("Next: " + shlex.join(["besom", "server", *_options(new, files)]))


def _options(new: Place, files: str | None) -> list[str]:
    """Of the new server, whose files lie in such a place; None: not known."""
    folder, is_folder = new.folder, files is not None and "://" not in files
    if folder is None and files is not None and is_folder and Path(files).name == _BLOBS:
        folder = Path(files).absolute().parent
    options = [] if new.folder else ["--db", _without_password(new.database)]
    options += ["--data", str(folder)] if folder else []
    if files is not None and not (is_folder and folder and Path(files).absolute() == folder / _BLOBS):
        options += ["--files", files]
    return options


def _without_password(address: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(address).render_as_string(hide_password=True)


class _Telling:
    """How far it is: all the while on a terminal, now and then elsewhere."""

    def __init__(self) -> None:
        self._told = monotonic()

    def tell(self, what: str, done: int, of: int) -> None:
        """So many are done."""
        line = f"{what}: {done:,} of {of:,}"
        progress(line)
        if monotonic() - self._told > _SAY_EVERY:
            self._told = monotonic()
            note(line)

    def end(self) -> None:
        """Takes the line away."""
        progress("")
