"""SQLite: one file, one server, one writer."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from besom.server.store import case_insensitive, json_columns, migrate, patterns
from besom.server.store.errors import StoreError
from besom.server.store.filelock import FileLock

log = logging.getLogger("besom.store")

# WAL lets readers go on while one writes; FULL makes every commit survive a power failure.
# A cache of pages, here in KiB, is each connection's own: what the readers lack is in the system's cache of the file.
_COMMON = ("PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=10000")
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-65536",
    *_COMMON,
)
_READER = (*_COMMON, "PRAGMA cache_size=-8192", "PRAGMA query_only=ON")


class SQLiteDialect:
    """SQLite's side of ``Dialect``."""

    is_shared = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing: Connection | None = None

    def clock(self) -> float:
        """This machine's: its server is the only one."""
        return time.time()

    @contextlib.contextmanager
    def transaction(self, engine: Engine) -> Iterator[Connection]:
        """On one connection, which is kept: to take it from the pool costs more than to write. The engine begins with
        BEGIN IMMEDIATE."""
        if self._writing is None:
            self._writing = engine.connect()
        try:
            with self._writing.begin():
                yield self._writing
        except BaseException:  # whatever state it is in, the pool puts it right
            self.close()
            raise

    def close(self) -> None:
        """Gives the connection back."""
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def explain(self, error: BaseException) -> StoreError | None:
        """Disk full, not writable, damaged, unreadable: all that is not the statement's fault."""
        if not isinstance(error, DBAPIError):
            return None
        text = str(error.orig)
        for part, message, hint in _TROUBLE:
            if part in text:
                return StoreError(message.format(path=self._path), hint)
        return None

    def outgrown(self, _error: BaseException, _engine: Engine) -> None:
        """Never: no other server has the file."""

    def may_retry(self, _error: BaseException) -> bool:
        """Never: nobody else writes."""
        return False


_TROUBLE = (
    ("disk is full", "The disk that holds {path} is full.", "Nothing was lost: make room, and clients send again."),
    ("readonly database", "{path} cannot be written.", "Check the permissions of the file and of its folder."),
    ("disk I/O error", "Reading or writing {path} failed.", "Check the disk; is it a network folder?"),
    ("malformed", "{path} is damaged.", "Restore it from a backup, or save what is left with: sqlite3 FILE .recover"),
    ("not a database", "{path} is not a SQLite database.", "Name another file, or move this one away."),
    ("unable to open", "{path} cannot be opened.", "Check that its folder exists and may be entered and written."),
    ("is locked", "Another program holds {path} locked.", "Close the program that has opened the file."),
)


def connect(url: URL) -> tuple[Engine, Engine, SQLiteDialect, Callable[[], None]]:
    """Takes the lock, brings the schema up to date. Returns the engines for writing and for reading, the dialect,
    and what releases the lock.

    Raises:
        StoreError: see ``Store.open``.
    """
    if not url.database or url.database == ":memory:":
        raise StoreError("besom keeps its database in a file, not in memory.", "Use sqlite:////folder/besom.db.")
    path = Path(url.database).absolute()
    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise StoreError(f"The folder {path.parent} cannot be used: {error.strerror}.") from None
    dialect = SQLiteDialect(path)
    writing = _engine(path, 1, _WRITER, "BEGIN IMMEDIATE")
    copies: list[Path] = []
    try:
        migrate.upgrade(writing, before=lambda revision: copies.append(_back_up(path, revision)))
    except BaseException as error:
        writing.dispose()
        lock.release()
        if copies and isinstance(error, Exception):
            raise _not_upgraded(path, copies[0], error) from error
        trouble = dialect.explain(error)
        if trouble is None:
            raise
        raise trouble from error
    return writing, _engine(path, 7, _READER, "BEGIN"), dialect, lock.release


def _not_upgraded(path: Path, copy: Path, error: Exception) -> StoreError:
    reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().rstrip(".")
    return StoreError(
        f"{path} could not be brought up to date: {type(error).__name__}: {reason}. It is as it was before.",
        f"Start the besom that used it last, or try again. A copy as it was is in {copy}.",
    )


def _engine(path: Path, connections: int, pragmas: tuple[str, ...], begin: str) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0 if connections == 1 else -1,
        connect_args={"check_same_thread": False},
        **json_columns.SERIALIZERS,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin as `begin` says, not as the driver guesses
        for pragma in pragmas:
            connection.execute(pragma)
        connection.create_function("regexp", 2, patterns.matches, deterministic=True)
        case_insensitive.prepare(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _back_up(path: Path, revision: str) -> Path:
    """A copy beside the file, made with SQLite's backup interface, which sees also what is still in the WAL.

    Raises:
        StoreError: there is no room for it; nothing is changed then.
    """
    copy = path.with_name(f"{path.name}.before-{revision}.backup")
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(unfinished)) as to:
            source.backup(to)
    except sqlite3.Error as error:
        unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"{path} is of an older besom, and the copy that is made before it is changed cannot be: {error}.",
            f"Make room for a file of the same size in {path.parent}, and start again.",
        ) from None
    unfinished.replace(copy)  # one of that name is whole
    log.warning("Upgrading %s; a copy as it was is in %s", path, copy)
    return copy
