"""Sends the records of an imported run, and its files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from besom.client.connection import Connection, segment
from besom.client.upload import send_run_file
from besom.errors import UsageError
from besom.importing.artifacts import FoundArtifact, send_artifacts
from besom.protocol import InitRecord, Run, RunStop, SpoolRecord
from besom.sdk.spool import FILE_NAME, LONGEST_LINE
from besom.sdk.stream import ForeignData, Stream
from besom.sdk.uploads import route

_encode = msgspec.json.Encoder().encode


class Imported(NamedTuple):
    """What was done."""

    run: Run
    is_new: bool
    """Whether the server got records that it did not have."""


def send_run(
    records: Iterable[SpoolRecord],
    connection: Connection,
    files: Iterable[tuple[str, Path]],
    artifacts: Iterable[FoundArtifact],
    say: Callable[[str], None],
    stopped: str | None = None,
) -> Imported:
    """Sends a run; what the server has of it already is not sent again.

    Args:
        records: all of them, the run's beginning first.
        connection: to the server.
        files: names and places of the run's files.
        artifacts: those that it has logged.
        say: is told which of them cannot be sent.
        stopped: why the run was told to end, if it was.

    Raises:
        ApiError: ``run_exists`` if the server has a run of that id from elsewhere; or it refuses for another reason.
        CommError: the server is away; importing again goes on where this broke off.
        UsageError: a record is too long for the server, or the server has more of the run.
    """
    with tempfile.TemporaryDirectory(prefix="besom-import-") as folder:
        path = Path(folder) / FILE_NAME
        first = _write(path, iter(records))
        with Stream(path, connection, first) as stream:
            try:
                run = stream.claim().run
            except ForeignData:
                raise UsageError(f"The server has more of run {first.run.id} than there is here.") from None
            where = route(run.entity, run.project)
            is_new = stream.pending() > 0
            if stopped is not None and is_new:
                connection.request("POST", f"{where}/runs/{segment(run.id)}/stop", body=RunStop(reason=stopped))
            while stream.send():
                pass
            for name, file in files:
                send_run_file(connection, where, run.id, name, file)
            send_artifacts(artifacts, connection, where, run.id, say)
            return Imported(run, is_new)


def _write(path: Path, records: Iterator[SpoolRecord]) -> InitRecord:
    first = cast("InitRecord", next(records))
    with path.open("wb") as spool:
        for record in chain([first], records):
            line = _encode(record) + b"\n"
            if len(line) > LONGEST_LINE:
                raise UsageError(f"A record of run {first.run.id} is {len(line) >> 20} MiB long, which is too much.")
            spool.write(line)
    return first
