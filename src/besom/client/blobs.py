"""The bytes of files: sent and fetched by their SHA-256, in pieces, never as a whole in memory."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from besom.client import direct
from besom.client.connection import BUSY, RETRY_STATUS, Connection, spread
from besom.errors import ApiError, CommError, ServerUnreachable
from besom.protocol import Blobs

PIECE = 1 << 20
PATIENCE_SECONDS = 60.0
"""How long a transfer is tried again while no byte moves."""
QUEUE_SECONDS = 1800.0
"""The same where the server says that others come first: a thousand programs may want their data at once."""
_PAUSE = 0.3


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes, 64 hexadecimal digits."""
    found = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def missing(connection: Connection, project_route: str, digests: Iterable[str]) -> set[str]:
    """Those of ``digests`` whose bytes the project lacks."""
    asked = Blobs(digests=sorted(set(digests)))
    if not asked.digests:
        return set()
    route = f"{project_route}/blobs/missing"
    return set(connection.request("POST", route, body=asked, reply=Blobs, patience=PATIENCE_SECONDS).digests)


def put(connection: Connection, project_route: str, digest: str, file: Path) -> None:
    """Sends a file's bytes. Again is harmless.

    Raises:
        ApiError: the server refused, e.g. because the file is too large or is not what ``digest`` says.
        ServerUnreachable: it did not answer for a minute.
        OSError: the file cannot be read.
    """
    _insist(lambda: _put(connection, project_route, digest, file))


def _put(connection: Connection, project_route: str, digest: str, file: Path) -> None:
    with file.open("rb") as opened:
        send(connection, project_route, digest, os.fstat(opened.fileno()).st_size, opened, timeout=300)


def send(connection: Connection, project_route: str, digest: str, size: int, body: BinaryIO, *, timeout: float) -> None:
    """Sends bytes from their beginning, to the object store where that is possible, once; errors as ``exchange``.

    ``timeout`` is for the server's answer, in seconds.
    """
    if not direct.send(connection, project_route, digest, size, body):
        body.seek(0)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        route = f"{project_route}/blobs/{digest}"
        connection.exchange("PUT", route, body=direct.whole(body, size), headers=headers, timeout=timeout)


def fetch(connection: Connection, project_route: str, digest: str, target: Path, size: int) -> None:
    """Makes ``target`` hold the blob's bytes; a download that broke off goes on where it was, also in a later call.

    Several processes may ask for the same target at once: one fetches, the others wait for it.

    Raises:
        NotFound: the server does not have them.
        CommError: what came is not what the digest says; nothing is kept of it.
        OSError: the folder cannot be written.
    """
    if _holds(target, digest, size):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name[:100]}.{digest[:16]}.part")
    with _opened(part) as held:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(held, fcntl.LOCK_EX)
        if _holds(target, digest, size):  # another process of the same training has fetched it meanwhile
            part.unlink(missing_ok=True)
            return
        try:
            route = f"{project_route}/blobs/{digest}"
            _insist(lambda: _append(connection, route, part, size), lambda: _size(part))
        except CommError:
            if not _size(part):
                part.unlink(missing_ok=True)
            raise
        if digest_of(part) != digest:
            part.unlink()
            raise CommError(
                f"{target.name} arrived damaged.", "Fetch it again; if that does not help, the server's disk is."
            )
        part.replace(target)


def _insist(transfer: Callable[[], None], moved: Callable[[], int] = lambda: 0) -> None:
    """Transfers, again and again while that may help; ``moved`` tells the bytes that have arrived so far."""
    since, before = time.monotonic(), moved()
    while True:
        try:
            return transfer()
        except CommError as error:
            refusal = error if isinstance(error, ApiError) else None
            if not (isinstance(error, ServerUnreachable) or (refusal and refusal.status in RETRY_STATUS)):
                raise
            if (now := moved()) > before:
                since, before = time.monotonic(), now
            patience = QUEUE_SECONDS if refusal and refusal.code == BUSY else PATIENCE_SECONDS
            if time.monotonic() - since > patience:
                raise
            pause = max(_PAUSE, spread(refusal.retry_after) if refusal else 0.0)
        time.sleep(pause)


def _holds(file: Path, digest: str, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size and digest_of(file) == digest


def _append(connection: Connection, route: str, part: Path, size: int) -> None:
    start = _size(part)
    if start > size:
        part.unlink()
        start = 0
    if start == size:
        part.touch()
        return
    asked = {"Range": f"bytes={start}-"} if start else {}
    with direct.opened(connection, route, asked) as answer, _opened(part) as file:
        if start and answer.status != 206:
            file.truncate(0)
        for piece in answer.stream(PIECE):
            file.write(piece)
    if _size(part) < size:
        raise ServerUnreachable(f"The download of {part.name} broke off.", "Try again: it goes on where it was.")


def _opened(part: Path) -> BinaryIO:
    """For appending. Its name can be foreseen, so a link that somebody has put there is not followed (ELOOP)."""
    return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666), "ab")


def _size(file: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return file.stat().st_size
    return 0
