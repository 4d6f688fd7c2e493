"""Files below a run's folder: their names, and bytes written or copied so that a reader never sees half of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from besom.errors import BesomError, UsageError
from besom.protocol import FileEntry

FILES_NAME = "files"
"""Below the run's folder: its files, under their own names."""
BLOBS_NAME = "blobs"
"""Below the run's folder: bytes under their digest, until a server has them."""
LONGEST_PATH = 1000
"""Bytes of UTF-8."""
_PIECE = 1024 * 1024


def file_path(path: str | os.PathLike[str], what: str = "The path") -> str:
    """A path of a run's or artifact's file, with forward slashes, checked.

    Raises:
        UsageError: it is empty, absolute, too long, leads out of the folder or holds a control character.
    """
    text = os.fspath(path).replace(os.sep, "/")
    parts = PurePosixPath(text).parts
    if not parts or text.startswith("/") or ".." in parts:
        raise UsageError(f"{what} {text!r} leads out of the folder of files.", "Give a relative path without '..'.")
    if not text.isprintable() or "\\" in text or len(text.encode(errors="replace")) > LONGEST_PATH:
        raise UsageError(
            f"{what} {text[:80]!r} cannot be used.",
            f"At most {LONGEST_PATH} bytes, no backslashes and no control characters.",
        )
    return "/".join(parts)


def write(target: Path, data: bytes) -> str:
    """Writes a file whole; returns its digest. The errors are those of ``copy``."""
    with _whole(target) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def copy(source: Path, target: Path) -> tuple[str, int]:
    """Copies a file whole; returns digest and size of what was copied.

    Raises:
        UsageError: the source cannot be read.
        BesomError: the target cannot be written, e.g. because the disk is full.
    """
    with reading(source) as file, _whole(target) as copied:
        return _digest(file, copied)


def stage(source: Path, folder: Path) -> tuple[str, int]:
    """Copies a file to where its digest names it; returns digest and size. The errors are those of ``copy``."""
    handle, name = _temporary(folder)
    temporary = Path(name)
    try:
        with reading(source) as file, os.fdopen(handle, "wb") as copied, _told(folder):
            digest, size = _digest(file, copied)
        temporary.replace(folder / digest)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return digest, size


def lend(file: Path, target: Path) -> None:
    """Has ``target`` hold the same bytes without copying them, where the file system allows that."""
    with _told(target):
        if file.is_symlink():
            target.unlink(missing_ok=True)
            target.symlink_to(file.readlink())
            return
        try:
            os.link(file, target)
        except FileExistsError:
            pass
        except OSError:  # another file system, or one without links
            copy(file, target)


def digest_of(path: Path) -> tuple[str, int]:
    """Digest and size of a file's present content.

    Raises:
        UsageError: it cannot be read.
    """
    with reading(path) as file:
        return _digest(file, None)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that the user named.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield file


def files_below(folder: Path) -> Iterator[Path]:
    """All files below a folder, in order, links to folders not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place) / name for name in sorted(names))


def entry(path: str, digest: str, size: int) -> FileEntry:
    """As the protocol names a file."""
    return FileEntry(path=path, digest=digest, size=size)


def _digest(file: BinaryIO, copied: BinaryIO | None) -> tuple[str, int]:
    state, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        state.update(piece)
        size += len(piece)
        if copied is not None:
            copied.write(piece)
    return state.hexdigest(), size


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is complete."""
    handle, name = _temporary(target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, _told(target):
            yield file
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _temporary(folder: Path) -> tuple[int, str]:
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=folder, prefix=".part-")


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BesomError(f"{target} cannot be written: {error.strerror}.", "Is there space left?") from error
