"""Moves everything from one database to another, of either kind, and proves that it arrived.

The target takes all of it in one transaction, or nothing. Each table is read once to be copied and then once more where
it has arrived: count and digest of its rows must be the same on both sides.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from besom.server.store import migrate
from besom.server.store.errors import StoreError, Unstorable
from besom.server.store.projects import NOBODY
from besom.server.store.store import Store
from besom.server.store.tables import blobs, metadata, projects
from besom.server.store.text_kinds import Text

_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 8 << 20

Progress = Callable[[str, int, int], None]
"""Told the table, how many of its rows are copied, and how many it has."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that the database names."""

    project_id: int
    digest: str
    size: int


def open_alone(address: str) -> Store:
    """Opens a database for ``transfer``.

    Raises:
        StoreError: it cannot be opened, holds what only a newer besom knows, or somebody else uses it.
    """
    if address.startswith("postgres"):
        with contextlib.suppress(ArgumentError):  # told when it is opened
            url = make_url(address).update_query_dict({"application_name": f"besom migrate {secrets.token_hex(8)}"})
            address = url.render_as_string(hide_password=False)
    store = Store.open(address)
    try:
        store.read_sync(_refuse_company)
        store.read_sync(_refuse_newer)
    except BaseException:
        store.close()
        raise
    return store


def transfer(
    source: Store, target: Store, progress: Progress, copy_files: Callable[[list[Blob]], None] = lambda _: None
) -> dict[str, int]:
    """Copies all tables; returns how many rows each has.

    Both were opened with ``open_alone``. All of it happens in the source's turn to write: what a server that is started
    meanwhile wrote would be missing in the target. It has to wait for its turn, and then nothing is kept.

    Args:
        source: What is copied.
        target: An empty one.
        progress: Told how far it is.
        copy_files: Called first with what bytes there are, which it brings to where the target looks for them.

    Raises:
        StoreError: the target holds something, a database failed, somebody else uses the source by now, or what arrived
            is not what was sent. The target is as it was.
    """

    def copy(origin: Connection) -> dict[str, int]:
        _refuse_company(origin)  # from now on nobody comes unseen
        _wait_for_ever(origin)
        target.read_sync(check_empty)
        copy_files(_named_blobs(origin))
        return target.write_sync(partial(take, origin))

    def take(origin: Connection, conn: Connection) -> dict[str, int]:
        _wait_for_ever(conn)
        check_empty(conn)
        found = _copy_all(origin, conn, progress)
        _refuse_newcomers(origin)
        return found

    return source.write_sync(copy)


def check_empty(conn: Connection) -> None:
    """Raises StoreError when there is a row in any table."""
    for table in metadata.sorted_tables:
        if conn.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise StoreError(
                f"The target is not empty: it has rows in {table.name!r}.",
                "Name a new database, or a new folder; one that a server has used is never written over.",
            )


def _named_blobs(conn: Connection) -> list[Blob]:
    """All bytes that a database names, other than those of deleted projects, which are going."""
    query = select(blobs.c.project_id, blobs.c.digest, blobs.c.size).order_by(blobs.c.project_id)
    rows = conn.execute(query.join(projects).where(projects.c.entity != NOBODY))
    return [Blob(int(row.project_id), str(row.digest), int(row.size)) for row in rows]


def _refuse_company(conn: Connection) -> None:
    """A file has a lock that servers take; of PostgreSQL's guests one only knows that they are there."""
    if conn.dialect.name != "postgresql":
        return
    others = text(  # of those of other users an ordinary one is not told whether they are programs of the database
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL "
        "AND (client_port IS NOT NULL OR query = '<insufficient privilege>') "
        "AND application_name <> current_setting('application_name')"
    )
    if conn.scalar(others):
        raise StoreError(
            f"Somebody else is connected to the database {conn.engine.url.database!r}.",
            "Stop all servers of it, and poolers such as PgBouncer, and try again.",
        )


def _refuse_newcomers(conn: Connection) -> None:
    """Whoever wants to write waits for the one that holds the lock of the writers."""
    if conn.dialect.name != "postgresql":
        return
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
    )
    if conn.scalar(waiting):
        raise StoreError(
            f"A server of the database {conn.engine.url.database!r} was started meanwhile.",
            "Nothing was kept. Stop it, and try again.",
        )


def _refuse_newer(conn: Connection) -> None:
    """A server may share a schema that is a little newer than itself, but a copy would lack what is new."""
    revision = migrate.current(conn)
    if revision != migrate.HEAD:
        raise StoreError(
            f"The database has schema {revision}, and this besom would only copy what it had at {migrate.HEAD}.",
            "Copy it with the newer besom.",
        )


def _wait_for_ever(conn: Connection) -> None:
    """Nobody else waits for this transaction, and what it waits for may take its time."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _copy_all(origin: Connection, conn: Connection, progress: Progress) -> dict[str, int]:
    found = {}
    for table in metadata.sorted_tables:
        rows = int(origin.scalar(select(func.count()).select_from(table)) or 0)
        sent = _Digest()
        for batch in _batches(_rows(origin, table)):
            sent.add(batch)
            _put(conn, table, batch)
            progress(table.name, sent.count, rows)
        arrived = _Digest()
        for batch in _batches(_rows(conn, table)):
            arrived.add(batch)
        if (arrived.count, arrived.total) != (sent.count, sent.total):
            raise StoreError(
                f"What arrived of the table {table.name!r} is not what was sent: {arrived.count} rows of {sent.count}, "
                f"digest {arrived} instead of {sent}.",
                "Nothing was kept. Try again; if it happens again, please report it.",
            )
        _set_sequence(conn, table)
        found[table.name] = sent.count
    return found


def _rows(conn: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows one after the other, however many there are."""
    with conn.execute(select(table), execution_options={"yield_per": _ROWS_AT_ONCE}) as found:
        for row in found:
            yield tuple(row)


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(batch) >= _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _put(conn: Connection, table: Table, batch: Sequence[tuple[Any, ...]]) -> None:
    names = [f"copied_{column.name}" for column in table.columns]
    # As it is, also what is longer than what is kept by now.
    kinds = [Text() if isinstance(column.type, Text) else column.type for column in table.columns]
    values = {
        column: bindparam(name, type_=kind) for column, name, kind in zip(table.columns, names, kinds, strict=True)
    }
    try:
        conn.execute(insert(table).values(values), [dict(zip(names, row, strict=True)) for row in batch])
    except Unstorable as error:
        raise StoreError(f"A row of the table {table.name!r} cannot be stored: {error.message}", error.hint) from error


def _set_sequence(conn: Connection, table: Table) -> None:
    """Lets PostgreSQL go on with the ids after the copied ones; SQLite does by itself."""
    column = table.autoincrement_column
    if column is None or conn.dialect.name != "postgresql":
        return
    last = conn.scalar(select(func.max(column)))
    sequence = conn.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    if last is not None and sequence is not None:
        conn.execute(select(func.setval(sequence, last)))


class _Digest:
    """Of rows in any order: databases sort text in different ways. SQLite has no zero with a sign."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0

    def add(self, batch: Iterable[tuple[Any, ...]]) -> None:
        """Takes rows in."""
        for row in batch:
            unsigned = [0.0 if value == 0.0 and type(value) is float else value for value in row]
            found = hashlib.sha256(repr(unsigned).encode()).digest()
            self.total = (self.total + int.from_bytes(found, "big")) % (1 << 256)
            self.count += 1

    def __str__(self) -> str:
        return f"{self.total:064x}"[:16]
