"""The store: everything that the server remembers, in SQLite or PostgreSQL behind one interface."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from besom.server.store import postgresql, sqlite
from besom.server.store.errors import Outgrown, StoreError, unstorable
from besom.server.store.histogram import Histogram
from besom.server.store.writer import Closing, Dialect, Writer

T = TypeVar("T")
READERS = 4
URGENT_READERS = 2

_urgent = ContextVar("urgent", default=False)


@contextlib.contextmanager
def urgently(is_urgent: bool) -> Iterator[None]:
    """In the block, reads of this task wait for urgent ones only, or (False) for all others, and its writes go ahead of
    others: neither a flood of long reads nor of reports must hold up what agents live from."""
    token = _urgent.set(is_urgent)
    try:
        yield
    finally:
        _urgent.reset(token)


class Store:
    """Runs plain functions of a SQLAlchemy ``Connection`` in transactions.

    Every ``write`` is one transaction, and writes happen one after the other on both databases: what a work reads
    cannot change before it commits. Many works share one commit; a work that raises takes back only what it did
    itself. A work must not await, commit or roll back, and may be run again when the database asks for it.
    """

    def __init__(self, writing: Engine, reading: Engine, dialect: Dialect, release: Callable[[], None]) -> None:
        self._engines = (writing, reading)
        self._reading = reading
        self._dialect = dialect
        self._release = release
        self._writer = Writer(writing, dialect)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="besom-reader")
        self._urgent_readers = ThreadPoolExecutor(URGENT_READERS, thread_name_prefix="besom-urgent-reader")

    @classmethod
    def open(cls, url: str) -> Store:
        """Opens the database, creates or upgrades its schema.

        Args:
            url: ``sqlite:////path/besom.db`` or ``postgresql://user@host/name``.

        Raises:
            StoreError: the address, the disk or the database cannot be used, or another server has the file open.
            Outgrown: the schema is of a newer generation than this besom.
        """
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(f"{url!r} is no database address.", _ADDRESSES) from None
        if parsed.get_backend_name() == "sqlite":
            return cls(*sqlite.connect(parsed))
        if parsed.drivername in postgresql.NAMES:
            return cls(*postgresql.connect(parsed, READERS + URGENT_READERS))
        raise StoreError(f"besom cannot use a database of the kind {parsed.drivername!r}.", _ADDRESSES)

    @property
    def is_shared(self) -> bool:
        """Whether other servers may use the database at the same time."""
        return self._dialect.is_shared

    def clock(self) -> float:
        """Unix seconds, the same for all servers of the database."""
        return self._dialect.clock()

    @property
    def url(self) -> URL:
        """The database's address, its password hidden when printed."""
        return self._reading.url

    @property
    def address(self) -> str:
        """The same with its password."""
        return self._reading.url.render_as_string(hide_password=False)

    @property
    def batches(self) -> tuple[Histogram, Histogram]:
        """How many works each write transaction held, and how many seconds it took."""
        return self._writer.batch_works, self._writer.batch_seconds

    def before_commit(self, closing: Closing) -> None:
        """Lets ``closing`` be called at the end of each write transaction, with what its works returned."""
        self._writer.before_commit = closing

    @property
    def outgrown(self) -> Outgrown | None:
        """Why this server must end, once it has met that: a newer one has changed the schema."""
        return self._writer.outgrown

    @property
    def waiting_writes(self) -> int:
        """Works that wait for the writer."""
        return self._writer.waiting

    async def write(self, work: Callable[[Connection], T]) -> T:
        """One transaction; returns after it is durable.

        Raises:
            StoreError: the database failed; nothing of this work is stored.
            Unstorable: a value is none that the database can hold; nothing of this work is stored.
        """
        result: T = await self._writer.submit_in(asyncio.get_running_loop(), work, is_urgent=_urgent.get())
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs a read-only work on one snapshot of the database.

        Raises:
            StoreError: the database failed.
            Outgrown: it misses a table or a column, for a newer server has changed the schema.
        """
        readers = self._urgent_readers if _urgent.get() else self._readers
        try:
            reading = asyncio.get_running_loop().run_in_executor(readers, self.read_sync, work)
        except RuntimeError:
            raise StoreError("The store is closed.") from None
        return await reading

    def write_sync(self, work: Callable[[Connection], T]) -> T:
        """``write`` for callers without an event loop; blocks."""
        result: T = self._writer.submit(work).result()
        return result

    def read_sync(self, work: Callable[[Connection], T]) -> T:
        """``read`` in the caller's own thread."""
        try:
            try:
                return self._look(work)
            except Exception as error:
                if not self._dialect.may_retry(error):
                    raise
                return self._look(work)  # a newer server was changing tables
        except Exception as error:
            outgrown = self._dialect.outgrown(error, self._reading)
            if outgrown is not None:
                self._writer.outgrown = outgrown
            trouble = outgrown or self._dialect.explain(error) or unstorable(error)
            if trouble is None:
                raise
            raise trouble from error

    def _look(self, work: Callable[[Connection], T]) -> T:
        with self._reading.begin() as connection:
            return work(connection)

    def close(self) -> None:
        """Finishes what waits, then closes everything. May be called again; blocks."""
        self._writer.close()
        self._readers.shutdown()
        self._urgent_readers.shutdown()
        for engine in self._engines:
            engine.dispose()
        self._release()


_ADDRESSES = "Use sqlite:////folder/besom.db or postgresql://user@host/database."
