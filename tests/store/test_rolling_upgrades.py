"""A newer server changes the schema while older ones of the same database go on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import rows_of
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from besom.server.store import Store, migrate, postgresql
from besom.server.store.errors import Outgrown, StoreError
from besom.server.store.postgresql import _WRITE_LOCK
from besom.server.store.transfer import open_alone
from waiting import until

NEXT_IN_TURN, NEXT_GENERATION = "0998", "1031"

Upgrade = Callable[[str, str, str], None]


@pytest.fixture
def upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Opens a database with a besom that has one more migration: its revision, and the statements that it runs."""

    def upgrade(address: str, revision: str, statements: str) -> None:
        newer = tmp_path / "newer"
        shutil.copytree(migrate.MIGRATIONS, newer)
        (newer / "versions" / f"{revision}.py").write_text(
            f"from alembic import op\nrevision, down_revision = {revision!r}, {migrate.HEAD!r}\n"
            f"def upgrade():\n    for statement in {statements.split(';')!r}:\n        op.execute(statement)\n"
        )
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "MIGRATIONS", newer)
            patched.setattr(migrate, "HEAD", revision)
            Store.open(address).close()

    return upgrade


@pytest.fixture
def address(postgresql_server: Any, migrated: str) -> Iterator[str]:
    """Of a PostgreSQL database."""
    with postgresql_server.database(migrated) as found:
        yield found


def test_a_newer_schema_of_the_same_generation_is_shared_but_not_copied(url: str, upgrade: Upgrade) -> None:
    upgrade(url, NEXT_IN_TURN, "ALTER TABLE users ADD COLUMN shade TEXT")
    store = Store.open(url)
    store.write_sync(lambda conn: rows_of.user(conn, "ada"))
    assert store.read_sync(rows_of.user_names) == {"ada"}
    store.close()
    with pytest.raises(StoreError, match=rf"schema {NEXT_IN_TURN}, and .* only copy what it had at {migrate.HEAD}"):
        open_alone(url)


@pytest.mark.postgresql
def test_who_waits_for_its_turn_to_write_while_the_schema_is_changed_knows_of_it(address: str) -> None:
    store = Store.open(address)
    with ThreadPoolExecutor(1) as threads:
        with psycopg.connect(address) as newer:
            newer.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITE_LOCK])
            late = threads.submit(store.write_sync, lambda conn: rows_of.user(conn, "late"))
            while not newer.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall():
                pass
            newer.execute("UPDATE alembic_version SET version_num = %s", [NEXT_GENERATION])
        with pytest.raises(Outgrown, match=rf"schema {NEXT_GENERATION}, made by a newer besom; .* of {migrate.HEAD}"):
            late.result(30)
    assert store.outgrown is late.exception()
    assert store.read_sync(rows_of.user_names) == set()
    store.close()
    with pytest.raises(Outgrown, match=rf"schema {NEXT_GENERATION}"):
        Store.open(address)


@pytest.mark.postgresql
def test_who_only_reads_knows_of_a_newer_schema_once_it_misses_something(address: str) -> None:
    store = Store.open(address)
    with pytest.raises(ProgrammingError):
        store.read_sync(lambda conn: conn.execute(text("SELECT colour FROM users")))
    assert store.outgrown is None, "the schema is its own: the statement was wrong"
    with psycopg.connect(address) as newer:
        newer.execute("ALTER TABLE users RENAME COLUMN name TO label")
        newer.execute("UPDATE alembic_version SET version_num = %s", [NEXT_GENERATION])
    with pytest.raises(Outgrown, match=rf"schema {NEXT_GENERATION}, made by a newer besom") as caught:
        store.read_sync(rows_of.user_names)
    assert store.outgrown is caught.value
    store.close()


@pytest.mark.postgresql
def test_a_reader_that_stands_still_holds_up_no_upgrade_for_long(
    address: str, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LONGEST_READ_PAUSE", 0.2)
    store = Store.open(address)
    begun, go = threading.Event(), threading.Event()

    def look(conn: Connection) -> set[str]:
        rows_of.user_names(conn)
        begun.set()
        assert go.wait(30)
        return rows_of.user_names(conn)

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(store.read_sync, look)
        assert begun.wait(30)
        upgrade(address, NEXT_IN_TURN, "ALTER TABLE users ADD COLUMN shade TEXT")
        go.set()
        with pytest.raises(StoreError):
            reading.result(30)
    store.close()


@pytest.mark.postgresql
def test_an_upgrade_and_a_reader_that_wait_for_each_other_both_come_to_their_end(
    address: str, upgrade: Upgrade
) -> None:
    # Who gives way is decided 10 ms after one has begun to wait, and never again: by then the other has to wait, too.
    gate = psycopg.connect(address, autocommit=True)

    def wanted(lock: str) -> bool:
        return bool(gate.execute(f"SELECT FROM pg_locks WHERE {lock} AND NOT granted").fetchall())

    with gate, psycopg.connect(address) as reader, ThreadPoolExecutor(2) as threads:
        reader.execute("SET deadlock_timeout = '60s'")  # so that the upgrade is the one to give way
        reader.execute("SELECT FROM users")
        gate.execute("SELECT pg_advisory_lock(7)")
        locks = "LOCK TABLE projects; SELECT pg_advisory_xact_lock(7); LOCK TABLE users"
        upgrading = threads.submit(upgrade, address, NEXT_IN_TURN, f"SET LOCAL deadlock_timeout = '10ms'; {locks}")
        until(lambda: wanted("locktype = 'advisory' AND objid = 7"))
        reading = threads.submit(reader.execute, "SELECT FROM projects")
        until(lambda: wanted("relation = 'projects'::regclass"))
        gate.execute("SELECT pg_advisory_unlock(7)")
        reading.result(30)
        reader.commit()
        upgrading.result(30)

    store = Store.open(address)
    seen, go, tried = threading.Event(), threading.Event(), []

    def look(conn: Connection) -> set[str]:
        tried.append(1)
        conn.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        names = rows_of.user_names(conn)
        seen.set()
        assert go.wait(30)
        conn.execute(text("SELECT FROM projects"))
        return names

    gate = psycopg.connect(address, autocommit=True)
    with gate, psycopg.connect(address) as newer, ThreadPoolExecutor(2) as threads:
        newer.execute("SET deadlock_timeout = '60s'")
        reading = threads.submit(store.read_sync, look)
        assert seen.wait(30)
        newer.execute("LOCK TABLE projects")
        locking = threads.submit(newer.execute, "LOCK TABLE users")
        until(lambda: wanted("relation = 'users'::regclass"))
        go.set()
        locking.result(30)
        newer.commit()
        assert reading.result(30) == set()
    assert len(tried) == 2
    store.close()
