"""PostgreSQL: any number of servers, which take turns at writing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from besom.server.store import json_columns, migrate
from besom.server.store.errors import StoreError

# Any constant that no other program on the same database uses.
_WRITE_LOCK = 0x6265736F6D
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


class PostgreSQLDialect:
    """PostgreSQL's side of ``Dialect``."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def begin_write(self, connection: Connection) -> None:
        """Waits for the turn to write. So nothing that a work reads changes before it commits, without the endless
        retries of SERIALIZABLE when many writers share a project; batches make up for the wait."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})

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
    return writing, reading, dialect, lambda: None
