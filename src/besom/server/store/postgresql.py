"""PostgreSQL: any number of servers, which take turns at writing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from besom.server.store import json_columns, migrate
from besom.server.store.errors import StoreError

if TYPE_CHECKING:
    import psycopg

# Any constant that no other program on the same database uses.
_WRITE_LOCK = 0x6265736F6D
_BEGIN = text("SELECT pg_advisory_xact_lock(:key), extract(epoch FROM clock_timestamp())::float8")
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


class PostgreSQLDialect:
    """PostgreSQL's side of ``Dialect``."""

    is_shared = True

    def __init__(self, url: URL) -> None:
        self._url = url
        self._ahead = time.time() - time.monotonic()

    def clock(self) -> float:
        """The database's, as it was told when this server wrote last: machines of several servers differ, and what is
        written in turns has times in that order."""
        return time.monotonic() + self._ahead

    def begin_write(self, connection: Connection) -> None:
        """Waits for the turn to write, and looks at the clock. So nothing that a work reads changes before it commits,
        without the endless retries of SERIALIZABLE when many writers share a project; batches make up for the wait.
        The lock ends with the transaction, whatever becomes of the server or of a pooler in between."""
        _, now = connection.execute(_BEGIN, {"key": _WRITE_LOCK}).one()
        self._ahead = now - time.monotonic()

    def explain(self, error: BaseException) -> StoreError | None:
        """Connection lost, disk full, read-only, no right: all that is not the statement's fault."""
        if not isinstance(error, DBAPIError):
            return None
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or state[:2] in _TROUBLE_CLASSES or (not state and _is_connection(error)):
            return StoreError(
                f"The database {self._url.render_as_string()} failed: {_first_line(error)}.",
                "Nothing was lost: put the database right, and clients send again.",
            )
        return None

    def may_retry(self, error: BaseException) -> bool:
        """After a deadlock with a stranger, or a refused serialization."""
        return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in (
            _SERIALIZATION_FAILURE,
            _DEADLOCK,
        )


# Connection exception, read-only transaction, insufficient resources, operator intervention, system error, damage.
_TROUBLE_CLASSES = ("08", "25", "53", "57", "58", "XX")


def _is_connection(error: DBAPIError) -> bool:
    return type(error.orig).__name__ == "OperationalError"


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error.orig).__name__


def is_pooled(connection: psycopg.BaseConnection[Any], pid: int | None) -> bool:
    """Whether a pooler stands before the database: the process at the other end then differs from the one that answers
    ``SELECT pg_backend_pid()``, and may be another one with each transaction."""
    return connection.info.backend_pid != pid


def _without_session_state(connection: psycopg.Connection[Any], _record: object) -> None:
    """Statements are prepared by one process of the database; behind a pooler the next may be asked to run them."""
    (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (None,)
    connection.rollback()
    if is_pooled(connection, pid):
        connection.prepare_threshold = None


def connect(url: URL, readers: int) -> tuple[Engine, Engine, PostgreSQLDialect, Callable[[], None]]:
    """Brings the schema up to date. Returns the engines for writing and for reading, the dialect, and a function
    that has nothing to release.

    Raises:
        StoreError: see ``Store.open``.
    """
    url = url.set(drivername="postgresql+psycopg")
    dialect = PostgreSQLDialect(url)
    try:
        writing = create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True, **json_columns.SERIALIZERS)
    except ImportError:
        raise StoreError(
            "PostgreSQL needs the package psycopg, which is not installed.", "pip install 'besom[postgresql]'"
        ) from None
    event.listen(writing, "connect", _without_session_state)
    try:
        migrate.upgrade(writing, lock=dialect.begin_write)
    except DBAPIError as error:
        writing.dispose()
        trouble = dialect.explain(error)
        if trouble is None:
            raise
        raise trouble from error
    reading = create_engine(
        url,
        pool_size=readers,
        max_overflow=-1,
        pool_pre_ping=True,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        **json_columns.SERIALIZERS,
    )
    event.listen(reading, "connect", _without_session_state)
    return writing, reading, dialect, lambda: None
