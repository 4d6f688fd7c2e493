"""The bytes of files, by their SHA-256, in a folder. Which of them a project has is told by the table ``blobs``.

A blob lies at ``PROJECT/ab/DIGEST``, where ab are its first two digits. It is written beside, checked, made durable and
then renamed into its place, so a file in its place is whole. All calls block.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from besom.server.store.errors import StoreError

DIGEST_LENGTH = 64
_UNFINISHED = "unfinished"
_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


class BlobFolder:
    """A folder of blobs; made when missing. What an interrupted upload left there is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unfinished = path / _UNFINISHED
        try:
            self._unfinished.mkdir(parents=True, exist_ok=True)
            for left in self._unfinished.iterdir():
                _remove_unless_written(left)
        except OSError as error:
            raise _trouble(path, error) from None

    def check(self) -> None:
        """Raises StoreError when nothing could be written now."""
        writer = self.write()
        writer.append(b"?")
        writer.discard()

    def write(self) -> BlobWriter:
        """Takes in a new blob.

        Raises:
            StoreError: the disk is full or cannot be used.
        """
        try:
            return BlobWriter(self._unfinished)
        except OSError as error:
            raise _trouble(self.path, error) from None

    def keep(self, written: BlobWriter, project_id: int) -> None:
        """Puts what was written in its place, durably; raises StoreError."""
        place = self._place(project_id, written.digest)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            written.move_to(place)
        except OSError as error:
            written.discard()
            raise _trouble(self.path, error) from None

    def size(self, project_id: int, digest: str) -> int | None:
        """Bytes of a blob; None when it is not there."""
        try:
            return self._place(project_id, digest).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _trouble(self.path, error) from None

    def open(self, project_id: int, digest: str) -> BinaryIO | None:
        """A blob's bytes; None when they are not there."""
        try:
            return self._place(project_id, digest).open("rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _trouble(self.path, error) from None

    def share(self, digests: Iterable[str], project_id: int, other: int) -> None:
        """Gives another project blobs of this one, those that are there and that it lacks; takes no room where the disk
        has hard links.

        Raises:
            StoreError: the disk is full or cannot be used.
        """
        changed: set[Path] = set()
        for digest in digests:
            source, place = self._place(project_id, digest), self._place(other, digest)
            if place.exists():
                continue
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(source, place)
                changed.add(place.parent)
            except (FileExistsError, FileNotFoundError):
                continue
            except OSError:
                self._copy(source, place)
        try:
            for folder in changed:
                make_durable(folder)
        except OSError as error:
            raise _trouble(self.path, error) from None

    def _copy(self, source: Path, place: Path) -> None:
        writer = self.write()
        try:
            with source.open("rb") as file:
                while piece := file.read(_PIECE):
                    writer.append(piece)
            writer.move_to(place)
        except OSError as error:
            writer.discard()
            raise _trouble(self.path, error) from None

    def remove(self, blobs: Iterable[tuple[int, str]]) -> None:
        """Deletes blobs, each a project and a digest; they may be missing. Raises StoreError."""
        try:
            for project_id, digest in blobs:
                self._place(project_id, digest).unlink(missing_ok=True)
        except OSError as error:
            raise _trouble(self.path, error) from None

    def remove_project(self, project_id: int) -> None:
        """Deletes all blobs of a project; raises StoreError."""
        try:
            shutil.rmtree(self.path / str(int(project_id)))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _trouble(self.path, error) from None

    def _place(self, project_id: int, digest: str) -> Path:
        return place_of(self.path, project_id, digest)


class BlobWriter:
    """Bytes that come piece by piece. ``digest`` and ``size`` tell what came so far."""

    def __init__(self, folder: Path, *, named: bool = True) -> None:
        """Without a name it cannot be moved anywhere, and ends with the process."""
        number, name = _own_file(folder)
        self._file = os.fdopen(number, "w+b", buffering=0)
        self._name = name
        if not named:
            Path(name).unlink()
        self._hash = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0

    @property
    def digest(self) -> str:
        """SHA-256, 64 hexadecimal digits."""
        return self._hash.hexdigest()

    @property
    def md5(self) -> str:
        """MD5, 32 hexadecimal digits, for clients that know bytes by it; nothing rests on it here."""
        return self._md5.hexdigest()

    def append(self, piece: bytes) -> None:
        """Adds bytes.

        Raises:
            StoreError: the disk is full; nothing is left of the blob.
        """
        try:
            view = memoryview(piece)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            self.discard()
            raise _trouble(Path(self._name).parent.parent, error) from None
        self._hash.update(piece)
        self._md5.update(piece)
        self.size += len(piece)

    def move_to(self, place: Path) -> None:
        """Makes the bytes durable, and then the name."""
        os.fsync(self._file.fileno())
        self._file.close()
        Path(self._name).replace(place)
        make_durable(place.parent)

    def rewound(self) -> FileIO:
        """All that came, to be read from its beginning."""
        self._file.seek(0)
        return self._file

    def discard(self) -> None:
        """Forgets everything; may be called again, and after ``move_to``."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(FileNotFoundError):
            Path(self._name).unlink()


def _own_file(folder: Path) -> tuple[int, str]:
    """A new file, locked for as long as it is open: other servers of the folder see that somebody writes it."""
    while True:
        number, name = tempfile.mkstemp(dir=folder)
        with contextlib.suppress(OSError):  # not every network's disk has locks: there nothing is cleared away
            fcntl.flock(number, fcntl.LOCK_EX)
        if os.fstat(number).st_nlink:
            return number, name
        os.close(number)  # a server that starts has found it before it was locked


def _remove_unless_written(path: Path) -> None:
    """Removes what a server that died has left; its locks ended with it."""
    with contextlib.suppress(OSError), path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def make_durable(folder: Path) -> None:
    """The names in a folder survive a power failure."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def place_of(folder: Path, project_id: int, digest: str) -> Path:
    """Where a blob lies in a folder of blobs."""
    return folder / str(int(project_id)) / check_digest(digest)[:2] / digest


def check_digest(digest: str) -> str:
    """``digest``, when it is one; else raises ValueError: nothing else becomes a part of a path."""
    if not is_digest(digest):
        raise ValueError(f"{digest!r} is no digest")
    return digest


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 in lower-case hexadecimal digits."""
    return len(text) == DIGEST_LENGTH and all(char in "0123456789abcdef" for char in text)


def _trouble(path: Path, error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreError(
            f"The disk that holds {path} is full.", "Nothing was lost: make room, and clients send again."
        )
    return StoreError(f"{path} cannot be used: {error.strerror}.", "Check the disk and the folder's permissions.")
