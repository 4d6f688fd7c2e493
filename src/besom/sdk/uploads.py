"""Brings the bytes of a run's files to the server: beside the program in a thread, or after it from its folder."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from besom.client import blobs
from besom.client.connection import Connection, segment
from besom.errors import AuthenticationError, BesomError, CommError, ServerUnreachable
from besom.protocol import ArtifactRecord, FileEntry, FileRecord, SpoolRecord
from besom.sdk import spool, staging
from besom.sdk.sender import backoff, is_away
from besom.sdk.stream import Stream

REFRESH_SECONDS = 10.0
"""How often files that are followed are looked at."""
BATCH = 500
"""Files asked about at once."""
GATHER_SECONDS = 0.05
"""Wait after the first of several files, so that they are asked about together."""
LONGEST_TRANSFER = 300.0
"""Seconds that the server may take to answer after the last byte."""

_decode = msgspec.json.Decoder(SpoolRecord).decode
_RECORDS = (b'{"type":"file"', b'{"type":"artifact"')


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that a server should have."""

    entry: FileEntry
    file: Path | None
    """The run's file that holds them, if no staged copy does."""


class Stopped(Exception):
    """The program does not want to wait for the rest."""


class Uploads:
    """Sends bytes of one run's folder. Sending again is harmless: the server is asked first what it lacks."""

    def __init__(self, folder: Path, connection: Connection, entity: str, project: str) -> None:
        self._blobs = folder / staging.BLOBS_NAME
        self._connection = connection
        self._route = f"/projects/{segment(entity)}/{segment(project)}"
        self.moved = 0
        """Bytes that were handed to the network: grows while something happens."""
        self.stop = False
        """Set to end a transfer."""

    def missing(self, uploads: list[Upload]) -> list[Upload]:
        """Those that the server lacks; the staged copies of the others are removed.

        Raises:
            CommError: nothing happened.
        """
        lacking = blobs.missing(self._connection, self._route, [upload.entry.digest for upload in uploads])
        for upload in uploads:
            if upload.entry.digest not in lacking:
                self._arrived(upload)
        return list({upload.entry.digest: upload for upload in uploads if upload.entry.digest in lacking}.values())

    def send(self, upload: Upload) -> bool:
        """Sends one file; False when its bytes are nowhere any more: it was removed or overwritten.

        Raises:
            CommError: the server is away or refuses.
            Stopped: ``stop`` was set meanwhile.
        """
        digest, size = upload.entry.digest, upload.entry.size
        source = self._source(upload)
        if source is None:
            return False
        route = f"{self._route}/blobs/{digest}"
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        try:
            with source.open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    return False
                body = cast("BinaryIO", _Watched(file, self))
                self._connection.exchange("PUT", route, body=body, headers=headers, timeout=LONGEST_TRANSFER)
        except (ServerUnreachable, AuthenticationError):
            raise
        except CommError:
            if staging.digest_of(source)[0] != digest:  # the program wrote to it while it was sent
                return False
            raise
        except FileNotFoundError:
            return False
        self._arrived(upload)
        return True

    def _source(self, upload: Upload) -> Path | None:
        staged = self._blobs / upload.entry.digest
        return staged if staged.exists() else upload.file

    def _arrived(self, upload: Upload) -> None:
        (self._blobs / upload.entry.digest).unlink(missing_ok=True)


class Uploader(threading.Thread):
    """Sends files while the program goes on. Waits for a server that is away, and for the run to be known to it."""

    def __init__(
        self, folder: Path, stream: Stream, *, say: Callable[[str], None], refresh: Callable[[], None]
    ) -> None:
        """``refresh`` is called every ten seconds, to take in files that changed; it may call ``add``."""
        super().__init__(name="besom-uploader", daemon=True)
        self._folder = folder
        self._stream = stream
        self._say = say
        self._refresh = refresh
        self._lock = threading.Lock()
        self._waiting: dict[str, Upload] = {}
        """By path for the run's files, of which only the latest counts; else by digest."""
        self._changed = threading.Event()
        self._closing = threading.Event()
        self._uploads: Uploads | None = None
        self._stopped = False
        self._unsent = 0
        self.failure: BesomError | None = None
        """Why the last attempt failed; None when it did not."""

    def add(self, entry: FileEntry, file: Path | None) -> None:
        """Has a file sent: ``file``, or the staged bytes."""
        with self._lock:
            self._waiting[entry.path if file else entry.digest] = Upload(entry, file)
        self._changed.set()

    def pending(self) -> int:
        """Bytes that are still to be sent."""
        with self._lock:
            return sum(upload.entry.size for upload in self._waiting.values())

    def finish(self, patience: float, tell: Callable[[str], None]) -> bool:
        """Waits until everything is sent; returns whether it is.

        Args:
            patience: seconds to wait while nothing moves on.
            tell: told what is left, after two seconds and then every ten.
        """
        self._closing.set()
        self._changed.set()
        seen, moved_at = self._progress(), time.monotonic()
        tell_at = moved_at + 2.0
        self.join(min(0.5, patience))
        while self.is_alive():
            now = time.monotonic()
            if (progress := self._progress()) != seen:
                seen, moved_at = progress, now
            if now - moved_at >= patience:
                self.abandon()
                return False
            if now >= tell_at:
                tell(f"Sending files, {self.pending() / 1e6:,.1f} MB are left ...")
                tell_at = now + 10.0
            self.join(0.1)
        return not self._unsent and not self._waiting

    def abandon(self) -> None:
        """Ends the thread soon, sent or not."""
        self._stopped = True
        if self._uploads:
            self._uploads.stop = True
        self._closing.set()
        self._changed.set()

    def run(self) -> None:
        """Runs until ``finish`` was called and everything is sent, or until there is no use in trying."""
        try:
            self._work()
        except BesomError as error:
            self._give_up(error)
        except Exception as error:  # a fault of besom itself must neither end the training nor stay hidden
            self._give_up(BesomError(f"Sending files failed: {type(error).__name__}: {error}"))

    def _work(self) -> None:
        misses = 0
        while not self._stopped:
            if misses:
                self._closing.wait(backoff(misses, random.random()))  # noqa: S311  (no secret)
                if self._closing.is_set():
                    time.sleep(0.3)
            elif not self._waiting and not self._closing.is_set() and not self._changed.wait(REFRESH_SECONDS):
                self._refresh()
                continue
            elif not self._closing.is_set():
                self._closing.wait(GATHER_SECONDS)
            self._changed.clear()
            closing = self._closing.is_set()
            try:
                if not self._send_waiting():
                    misses += 1
                    continue
            except Stopped:
                return
            except CommError as error:
                if not is_away(error):
                    raise
                self.failure, misses = error, misses + 1  # the sender has said that the server is away
                continue
            misses, self.failure = 0, None
            if closing and not self._waiting:
                return

    def _send_waiting(self) -> bool:
        """Sends what waits; False while the server does not know the run yet."""
        run = self._stream.run
        if run is None:
            return not self._waiting
        if self._uploads is None:
            self._uploads = Uploads(self._folder, self._stream.connection, run.entity, run.project)
        while not self._stopped:
            with self._lock:
                batch = dict(list(self._waiting.items())[:BATCH])
            if not batch:
                break
            lacking = {upload.entry.digest for upload in self._uploads.missing(list(batch.values()))}
            for key, upload in batch.items():
                if upload.entry.digest in lacking and not self._stopped:
                    lacking.discard(upload.entry.digest)
                    self._send(self._uploads, key, upload)
                self._done(key, upload)
        return True

    def _send(self, uploads: Uploads, key: str, upload: Upload) -> None:
        try:
            if uploads.send(upload):
                return
        except CommError as error:
            if is_away(error) or isinstance(error, AuthenticationError):
                raise
            self._unsent += 1
            self._say(f"File {upload.entry.path} was not sent: {error.message}")
            return
        if self._waiting.get(key) == upload and not self._renewed(upload):
            self._unsent += 1
            self._say(f"File {upload.entry.path} was not sent: it was changed or removed before that.")

    def _renewed(self, upload: Upload) -> bool:
        """Whether the file is there with other content: it will be announced again, at the run's end at the latest."""
        return upload.file is not None and upload.file.exists() and not self._closing.is_set()

    def _done(self, key: str, upload: Upload) -> None:
        with self._lock:
            if self._waiting.get(key) == upload:  # else a newer content of the path waits now
                del self._waiting[key]

    def _progress(self) -> tuple[int, int]:
        return len(self._waiting), self._uploads.moved if self._uploads else 0

    def _give_up(self, error: BesomError) -> None:
        self.failure = error
        self._unsent += 1
        self._say(f"{error.message} Files are kept in {self._folder}")


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
    for record in _records(folder / spool.FILE_NAME):
        if isinstance(record, FileRecord):
            entry = staging.entry(record.path, record.digest, record.size)
            files[record.path] = Upload(entry, folder / staging.FILES_NAME / record.path)
        else:
            staged |= {entry.digest: Upload(entry, None) for entry in record.artifact.files}
    return [*files.values(), *staged.values()]


def _records(path: Path) -> Iterator[FileRecord | ArtifactRecord]:
    with path.open("rb") as file:
        for line in file:
            if line.startswith(_RECORDS) and line.endswith(b"\n"):
                record = _decode(line)
                if isinstance(record, (FileRecord, ArtifactRecord)):
                    yield record


def send_announced(folder: Path, connection: Connection, entity: str, project: str) -> list[str]:
    """Sends what the server lacks of a folder's files; returns the paths of those that are nowhere any more.

    Raises:
        CommError: the server is away or refuses.
    """
    uploads = Uploads(folder, connection, entity, project)
    all_of_them = announced(folder)
    lost = []
    for start in range(0, len(all_of_them), BATCH):
        for upload in uploads.missing(all_of_them[start : start + BATCH]):
            if not uploads.send(upload):
                lost.append(upload.entry.path)
    return lost
