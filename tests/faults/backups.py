"""What a copy of a server's data must hold: all of it can be read, and files are what programs have sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from checker import Checker
from verdict import Verdict

from besom.client.connection import Connection
from besom.errors import UsageError
from besom.protocol import FileRecord, Sweep
from besom.sdk import spool
from server_process import ServerProcess


def files_of_programs(directory: Path) -> Iterator[tuple[str, str]]:
    """The files that programs have told of in their spools: of each its run, and its digest."""
    for folder in spool.find_folders(directory):
        path = folder / spool.FILE_NAME
        with contextlib.suppress(UsageError):  # it was killed before its first line was written
            run = spool.read_first(path).run.id
            yield from ((run, record.digest) for record in spool.records(path) if isinstance(record, FileRecord))


def restored(backup: Path, sweeps: Sequence[Sweep], sent: set[tuple[str, str]]) -> Verdict:
    """Starts a server on a backup, and reads all of it; how much there is, and what is wrong with it."""
    server = ServerProcess(backup, "--data", str(backup), "--port", "0")
    try:
        checker = Checker(Connection(server.url, server.key), backup, {}, [])
        checker.verdict.seen["runs in backups"] = sum(checker.count_readable(sweep, sent) for sweep in sweeps)
        return checker.verdict
    finally:
        server.stop()
