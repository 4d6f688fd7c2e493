"""A copy of a SQLite database and its files, also while a server writes to them.

The database is copied as it is at one moment, and then the bytes that this copy names: they never change, and are there
before any database names them. A server may delete some meanwhile; then the database is copied anew.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from besom.private_file import write_private
from besom.server.store.blob_folder import BlobFolder, make_durable, place_of
from besom.server.store.errors import StoreError
from besom.server.store.filelock import FileLock

DATABASE, BLOBS, KEY = "besom.db", "blobs", "key"
_UNFINISHED = "besom.db.unfinished"
_MARK = "copy.json"
"""Tells that the folder holds a copy, and which databases were put there."""
# Deleted projects are nobody's, and going.
_NAMED = "SELECT project_id, digest, size FROM blobs JOIN projects ON id = project_id WHERE entity <> ''"
_RUNS = "SELECT count(*) FROM runs JOIN projects ON projects.id = project_id WHERE entity <> '' AND deleted IS NULL"
_ATTEMPTS = 5
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a copy holds."""

    runs: int
    files: int
    bytes: int
    """Of database and files together."""
    missing: list[str]
    """Digests of bytes that the database names and the source has lost."""


def back_up(data: Path, key: Path, target: Path, *, files: bool = True) -> Backup:
    """Makes ``target`` a folder that a server can be pointed at; what an earlier copy left there is used again.

    Args:
        data: the folder of a server's data. The server may run.
        key: the file with its administrator's key; it may be missing.
        target: a new folder, or an earlier copy.
        files: whether the files are copied too; they may lie in an object store.

    Raises:
        StoreError: there is no database, or it is damaged; the target is something else, in use, or full.
    """
    source = data / DATABASE
    if not source.is_file():
        raise StoreError(
            f"There is no database {source}.",
            "Name the folder that the server has as --data. For PostgreSQL: pg_dump, and then the folder blobs.",
        )
    _check_place(data, target)
    lock = FileLock(target / f"{DATABASE}.lock")
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
        _check_untouched(target)
        made = _copy(data, target, files=files)
        with _reading(key):
            found = key.read_text(encoding="ascii") if key.exists() else None
        if found is not None:
            write_private(target / KEY, found)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.", "Choose another folder.") from None
    except sqlite3.Error as error:
        hint = "Is it the database of a server, may it be read, and has the target room?"
        raise StoreError(f"{source} cannot be copied: {error}.", hint) from None
    finally:
        lock.release()
    return made


def _check_place(data: Path, target: Path) -> None:
    if target.resolve() == data.resolve():
        raise StoreError(f"{target} is the server's own folder.", "Choose another one, best on another disk.")
    if target.exists() and not (target.is_dir() and ((target / _MARK).exists() or not any(target.iterdir()))):
        raise StoreError(
            f"{target} holds something else than a copy.", "Choose a new folder, or that of an earlier copy."
        )


def _check_untouched(target: Path) -> None:
    """A copy that a server was pointed at is a server's data now, and not to be replaced."""
    place, log = target / DATABASE, target / f"{DATABASE}-wal"
    if place.exists() and (_identity(place) not in _marked(target) or log.exists()):
        raise StoreError(
            f"{target} has been used by a server since it was copied.",
            "Choose a new folder. (Are source and target the right way round?)",
        )


def _identity(database: Path) -> list[int]:
    """Changes when anybody writes to it."""
    found = database.stat()
    return [found.st_size, found.st_mtime_ns]


def _marked(target: Path) -> list[list[int]]:
    """Identities of the databases that were put there."""
    try:
        marked: list[list[int]] = json.loads((target / _MARK).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return []
    return marked


def _mark(target: Path, identities: list[list[int]]) -> None:
    write_private(target / _MARK, json.dumps(identities) + "\n")


def _copy(data: Path, target: Path, *, files: bool) -> Backup:
    unfinished, place = target / _UNFINISHED, target / DATABASE
    _mark(target, _marked(target))  # what is there from now on is a copy, however far it comes
    folder, missing = BlobFolder(target / BLOBS), {"nothing was copied yet"}
    for _ in range(_ATTEMPTS):
        named = _copy_database(data / DATABASE, unfinished)
        if not files:
            named = []
        missing_before, missing = missing, set()
        for project_id, digest, size in named:
            if not _copy_blob(data / BLOBS, folder, project_id, digest, size):
                missing.add(digest)
        if missing <= missing_before:  # none, or none but those that the source has not either
            break
    _check(unfinished)
    new = _identity(unfinished)
    _mark(target, [*_marked(target), new])
    unfinished.replace(place)
    make_durable(target)
    _mark(target, [new])
    _forget_others(folder, named)
    with _opened(place) as connection:
        (runs,) = connection.execute(_RUNS).fetchone()
    size = place.stat().st_size + sum(size for _, _, size in named)
    return Backup(runs, len(named) - len(missing), size, sorted(missing))


def _copy_database(source: Path, target: Path) -> list[tuple[int, str, int]]:
    """Copies the database; returns the blobs that the copy names, as (project, digest, size)."""
    target.unlink(missing_ok=True)
    with _opened(source) as connection, contextlib.closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)  # in one step: one moment, and the server goes on writing
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        return copy.execute(_NAMED).fetchall()


def _copy_blob(source: Path, folder: BlobFolder, project_id: int, digest: str, size: int) -> bool:
    """Copies a blob that is not there yet; False when the source does not have it as it should be."""
    there = place_of(folder.path, project_id, digest)
    if there.is_file() and there.stat().st_size == size:
        return True
    place = place_of(source, project_id, digest)
    try:
        with _reading(place):
            file = place.open("rb")
    except FileNotFoundError:
        return False
    writer = folder.write()
    with file, _reading(place):
        while piece := file.read(_PIECE):
            writer.append(piece)
    if writer.digest != digest:
        writer.discard()
        return False
    folder.keep(writer, project_id)
    return True


def _check(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    if said != ["ok"]:
        raise StoreError(
            f"The copy of the database is damaged ({'; '.join(said)}), so the database itself may be.",
            "The last good copy is left as it was. Save what is left of the database with: sqlite3 FILE .recover",
        )


def _forget_others(folder: BlobFolder, named: list[tuple[int, str, int]]) -> None:
    """Removes what only an earlier copy named."""
    wanted = {place_of(folder.path, project_id, digest) for project_id, digest, _ in named}
    for place in folder.path.glob("*/??/*"):
        if place not in wanted:
            place.unlink()


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Tells trouble with the source from trouble with the target; a missing file is for the caller."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        hint = "Run this as the user that the server runs as, and check the disk."
        raise StoreError(f"{path} cannot be read: {error.strerror}.", hint) from None


@contextlib.contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA busy_timeout=10000")
        yield connection
