"""The bytes of a run's files on their way to the server: which there are, what it lacks, and each one's transfer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from besom.client import blobs
from besom.client.connection import Connection, segment
from besom.errors import AuthenticationError, CommError, ServerUnreachable, UsageError
from besom.protocol import ArtifactRecord, FileEntry, FileRecord
from besom.sdk import spool, staging
from besom.sdk.parallel import in_parallel

BATCH = 500
"""Files asked about at once."""
LONGEST_TRANSFER = 300.0
"""Seconds that the server may take to answer after the last byte."""

KNOWN_SECONDS = 3600.0
"""How long bytes that the server had are not asked about again. It keeps what nothing names for a day."""
MOST_KNOWN = 10_000

_known: dict[tuple[str, str, str], float] = {}
"""When the server was last heard to have some bytes, by its address, project and digest. Run after run of one process
sends the same list of packages."""

_RECORDS = (b'{"type":"file"', b'{"type":"artifact"')


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that a server should have."""

    entry: FileEntry
    file: Path | None
    """The run's file that holds them, if no staged copy does."""

    @property
    def key(self) -> str:
        """The same for two contents of one file, of which only the later counts."""
        return self.entry.path if self.file else self.entry.digest


def route(entity: str, project: str) -> str:
    """Where a project's bytes are."""
    return f"/projects/{segment(entity)}/{segment(project)}"


def is_known(connection: Connection, project_route: str, digest: str) -> bool:
    """Whether the server is known to have some bytes."""
    heard = _known.get((connection.url, project_route, digest))
    return heard is not None and time.monotonic() - heard < KNOWN_SECONDS


class Stopped(Exception):
    """The program does not want to wait for the rest."""


class Uploads:
    """Sends bytes of one run's folder. Sending again is harmless: the server is asked first what it lacks."""

    def __init__(self, folder: Path, connection: Connection, entity: str, project: str) -> None:
        self._blobs = folder / staging.BLOBS_NAME
        self._connection = connection
        self._route = route(entity, project)
        self.moved = 0
        """Bytes that were handed to the network: grows while something happens."""
        self.stop = False
        """Set to end a transfer."""

    def send_missing(self, uploads: list[Upload], send: Callable[[Upload], object]) -> None:
        """Calls ``send``, several at a time, with those that the server lacks. Of files with the same bytes one is
        enough; the next one is tried where these were no longer in the file.

        Raises:
            BaseException: what ``send`` raised.
            CommError: the server is away or refuses.
        """
        left = uploads
        while left:
            tried = self.missing(left)
            in_parallel(send, tried)
            keys = {upload.key for upload in tried}
            left = [upload for upload in left if upload.key not in keys and not self._knows(upload.entry.digest)]

    def missing(self, uploads: list[Upload]) -> list[Upload]:
        """Those that the server lacks, one for the same bytes; the staged copies of the others are removed.

        Raises:
            CommError: nothing happened.
        """
        digests = {upload.entry.digest for upload in uploads}
        unsure = {digest for digest in digests if not self._knows(digest)}
        lacking = blobs.missing(self._connection, self._route, unsure)
        for digest in digests - lacking:
            self._unstage(digest)
        for digest in unsure - lacking:
            self._know(digest)
        return list({upload.entry.digest: upload for upload in uploads if upload.entry.digest in lacking}.values())

    def send(self, upload: Upload) -> bool:
        """Sends one file; False when its bytes are nowhere any more: it was removed or overwritten.

        Raises:
            CommError: the server is away or refuses, or the file cannot be read now.
            Stopped: ``stop`` was set meanwhile.
        """
        digest, size = upload.entry.digest, upload.entry.size
        source = self._source(upload)
        if source is None:
            return False
        try:
            with source.open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    return False
                body = cast("BinaryIO", _Watched(file, self))
                blobs.send(self._connection, self._route, digest, size, body, timeout=LONGEST_TRANSFER)
        except (ServerUnreachable, AuthenticationError):
            raise
        except CommError:
            if _digest(source) != digest:  # the program wrote to it while it was sent
                return False
            raise
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):  # gone, or not ours now
            return False
        except OSError as error:  # it is there: too many files are open, the disk is failing
            raise CommError(f"{source} cannot be read: {error.strerror}.") from None
        self._unstage(digest)
        self._know(digest)
        return True

    def _source(self, upload: Upload) -> Path | None:
        staged = self._blobs / upload.entry.digest
        return staged if staged.exists() else upload.file

    def _knows(self, digest: str) -> bool:
        return is_known(self._connection, self._route, digest)

    def _know(self, digest: str) -> None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[self._connection.url, self._route, digest] = time.monotonic()

    def _unstage(self, digest: str) -> None:
        (self._blobs / digest).unlink(missing_ok=True)


def _digest(file: Path) -> str | None:
    """None when it cannot be read."""
    try:
        return staging.digest_of(file)[0]
    except UsageError:
        return None


class _Watched:
    """A file that tells how far the network has read it, and breaks off when it should."""

    def __init__(self, file: BinaryIO, uploads: Uploads) -> None:
        self._file = file
        self._uploads = uploads

    def read(self, length: int = -1) -> bytes:
        if self._uploads.stop:
            raise Stopped
        piece = self._file.read(length)
        self._uploads.moved += len(piece)
        return piece

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)


def announced(folder: Path) -> list[Upload]:
    """The bytes that a run's spool speaks of: of each of its files the latest content, of its artifacts all."""
    files: dict[str, Upload] = {}
    staged: dict[str, Upload] = {}
    for record in spool.records(folder / spool.FILE_NAME, _RECORDS):
        if isinstance(record, FileRecord):
            entry = staging.entry(record.path, record.digest, record.size)
            files[record.path] = Upload(entry, folder / staging.FILES_NAME / record.path)
        elif isinstance(record, ArtifactRecord):
            staged |= {entry.digest: Upload(entry, None) for entry in record.artifact.files}
    return [*files.values(), *staged.values()]


def send_announced(folder: Path, connection: Connection, entity: str, project: str) -> list[str]:
    """Sends what the server lacks of a folder's files; returns the paths of those that are nowhere any more.

    Raises:
        CommError: the server is away or refuses.
    """
    uploads = Uploads(folder, connection, entity, project)
    all_of_them = announced(folder)
    lost: dict[str, list[str]] = {}  # by digest

    def send(upload: Upload) -> None:
        if uploads.send(upload):
            lost.pop(upload.entry.digest, None)  # the server has them now, from another file
        else:
            lost.setdefault(upload.entry.digest, []).append(upload.entry.path)

    for start in range(0, len(all_of_them), BATCH):
        uploads.send_missing(all_of_them[start : start + BATCH], send)
    return sorted(path for paths in lost.values() for path in paths)
