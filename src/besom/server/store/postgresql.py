"""PostgreSQL: any number of servers, which take turns at writing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from besom.server.store import json_columns, migrate
from besom.server.store.errors import Outgrown, StoreError
from besom.server.store.prepared import roll_back, run_plain

if TYPE_CHECKING:
    import psycopg

NAMES = ("postgresql", "postgres", "postgresql+psycopg")
"""How an address of a PostgreSQL may begin."""
# Any constant that no other program on the same database uses.
_WRITE_LOCK = 0x6265736F6D
LONGEST_PAUSE = 10.0
"""Seconds between two statements of a writing transaction, after which the database ends it: a server that is stopped
or cut off in the middle of one must not keep all others from writing."""
# The lock is let go at the end of the transaction. Last comes the time.
_TURN = (
    "SELECT set_config('idle_in_transaction_session_timeout', '{pause:.0f}ms', true), "
    "pg_advisory_xact_lock({lock}), extract(epoch FROM clock_timestamp())::float8"
)
LONGEST_READ_PAUSE = 300.0
"""The same of a reading one, which may compute for long in between: it would keep a migration, and so all, waiting."""
_SNAPSHOT = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '{pause:.0f}ms'"
)
# A connection whose other end has vanished without a word is given up after about half a minute.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
_REVISION = "SELECT version_num FROM alembic_version"
_SERIALIZATION_FAILURE, _DEADLOCK, _READ_ONLY = "40001", "40P01", "25006"
_UNDEFINED_COLUMN, _UNDEFINED_TABLE, _CHANGED_RESULT = "42703", "42P01", "0A000"
_ATTEMPTS = 5
"""At bringing the schema up to date while others read."""


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

    def transaction(self, engine: Engine) -> AbstractContextManager[Connection]:
        """On a connection from the pool; the engine begins with ``begin_write``."""
        return engine.begin()

    def close(self) -> None:
        """Nothing is kept."""

    def begin_write(self, connection: Connection) -> None:
        """Begins a transaction when it is this server's turn to write, and looks at the clock and at the schema. So
        nothing that a work reads changes before it commits, without the endless retries of SERIALIZABLE when many
        writers share a project; batches make up for the wait. The lock ends with the transaction, whatever becomes of
        the server or of a pooler in between.

        Raises:
            Outgrown: a newer server has changed the schema, and this one must not write any more.
        """
        # One message, but statements of their own: the one that waits sees the database as it was when it began to.
        begun = run_plain(connection, "BEGIN", _turn(), _REVISION)
        begun.nextset()
        self._look_at_clock(begun)
        begun.nextset()
        migrate.check(*(begun.fetchone() or (None,)))

    def wait_for_turn(self, connection: Connection) -> None:
        """The same in a transaction that has begun, whatever the schema is."""
        self._look_at_clock(run_plain(connection, _turn()))

    def _look_at_clock(self, turn: Any) -> None:
        *_, now = turn.fetchone()
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

    def outgrown(self, error: BaseException, engine: Engine) -> Outgrown | None:
        """Looks at the revision where a table or a column is missing, or of another type than before. To look before
        each read, as writers do, would be one more question to the database."""
        missing = (_UNDEFINED_COLUMN, _UNDEFINED_TABLE, _CHANGED_RESULT)
        if not isinstance(error, DBAPIError) or getattr(error.orig, "sqlstate", None) not in missing:
            return None
        try:
            with engine.begin() as connection:
                migrate.check(connection.exec_driver_sql(_REVISION).scalar())
        except Outgrown as outgrown:
            return outgrown
        except DBAPIError:  # then the error that was there first is told
            return None
        return None

    def may_retry(self, error: BaseException) -> bool:
        """After a deadlock with a stranger, or a refused serialization."""
        return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in (
            _SERIALIZATION_FAILURE,
            _DEADLOCK,
        )


def _turn() -> str:
    return _TURN.format(pause=LONGEST_PAUSE * 1000, lock=_WRITE_LOCK)


def _snapshot() -> str:
    return _SNAPSHOT.format(pause=LONGEST_READ_PAUSE * 1000)


# Connection exception, read-only transaction, insufficient resources, operator intervention, system error, damage.
_TROUBLE_CLASSES = ("08", "25", "53", "57", "58", "XX")


def _is_connection(error: DBAPIError) -> bool:
    return type(error.orig).__name__ == "OperationalError"


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error.orig).__name__


def patience(url: URL) -> dict[str, Any]:
    """How long to wait for the other end of a connection, and of several hosts for which: the one that may be written
    to, and no standby. As far as its address does not say."""
    several = {} if isinstance(url.query.get("host", ""), str) else {"target_session_attrs": "read-write"}
    return {name: value for name, value in {**_PATIENCE, **several}.items() if name not in url.query}


def check_address(url: str) -> None:
    """Looks whether a PostgreSQL could be there.

    Raises:
        StoreError: that is no address of one.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port
        parsed = None
    if parsed is None or parsed.drivername not in NAMES:
        raise StoreError(
            f"{str(parsed or url)!r} is no address of a PostgreSQL database.",
            "Write, for example, postgresql://user@host/database.",
        )


def is_pooled(connection: psycopg.BaseConnection[Any], pid: int | None) -> bool:
    """Whether a pooler stands before the database: the process at the other end then differs from the one that answers
    ``SELECT pg_backend_pid()``, and may be another one with each transaction."""
    return connection.info.backend_pid != pid


def _prepare(connection: psycopg.Connection[Any], _record: object) -> None:
    """Lets transactions begin as the engine says, not as the driver does it, which is one more question to the
    database. And statements are prepared by one process of the database; behind a pooler the next may be asked to run
    them."""
    (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (None,)
    connection.rollback()
    connection.autocommit = True
    if is_pooled(connection, pid):
        connection.prepare_threshold = None


def _engine(url: URL, connections: int, begin: Callable[[Connection], object], most: int = 0) -> Engine:
    """Its transactions begin with ``begin``. To ask each time before whether a connection is alive would be one more
    question: where one is not, nothing can begin, and the next one is tried, until all in the pool were."""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=most,
        connect_args=patience(url),
        **json_columns.SERIALIZERS,
    )
    is_cut = engine.dialect.is_disconnect

    def is_lost(error: Any, connection: Any, cursor: Any) -> bool:
        """Also where the other end is a standby: it lets nobody write, and the next connection may find the primary."""
        return getattr(error, "sqlstate", None) == _READ_ONLY or is_cut(error, connection, cursor)

    engine.dialect.is_disconnect = is_lost  # type: ignore[assignment, method-assign]
    event.listen(engine, "connect", _prepare)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        for _ in range(connections):
            try:
                begin(connection)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            else:
                return
        begin(connection)

    @event.listens_for(engine, "rollback")
    def _rollback(connection: Connection) -> None:
        if not connection.invalidated:
            roll_back(connection)

    return engine


def _upgrade(url: URL, dialect: PostgreSQLDialect) -> None:
    """Servers that start together take turns at it. Others may read meanwhile, and meet it in a deadlock."""
    options = {**patience(url), "prepare_threshold": None}  # as behind a pooler, see _prepare
    engine = create_engine(url, poolclass=NullPool, connect_args=options, **json_columns.SERIALIZERS)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            migrate.upgrade(engine, lock=dialect.wait_for_turn)
        except DBAPIError as error:
            if attempt == _ATTEMPTS or not dialect.may_retry(error):
                raise
        else:
            return


def connect(url: URL, readers: int) -> tuple[Engine, Engine, PostgreSQLDialect, Callable[[], None]]:
    """Brings the schema up to date. Returns the engines for writing and for reading, the dialect, and a function
    that has nothing to release.

    Raises:
        StoreError: see ``Store.open``.
    """
    url = url.set(drivername="postgresql+psycopg")
    dialect = PostgreSQLDialect(url)
    try:
        _upgrade(url, dialect)
        writing = _engine(url, 1, dialect.begin_write)
        writing.connect().close()  # kept from now on: who wants the database for himself alone sees it
    except ImportError:
        raise StoreError(
            "PostgreSQL needs the package psycopg, which is not installed.", "pip install 'besom[postgresql]'"
        ) from None
    except Exception as error:
        trouble = dialect.explain(error)
        if trouble is None:
            raise
        raise trouble from error
    reading = _engine(url, readers, lambda connection: run_plain(connection, _snapshot()), most=-1)
    return writing, reading, dialect, lambda: None
