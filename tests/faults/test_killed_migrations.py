"""A server that is killed while it brings an old database up to date leaves the old version, or the new one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from dying import in_a_process
from sqlalchemy import MetaData, create_engine, text

import postgresql
from besom.server.store import Store, migrate
from server_process import ServerProcess

OLD = "0001"
RUNS = 50
KILLS = 4


def fill(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes of an empty database one that the first besom left."""
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "HEAD", OLD)
        upgrade = command.upgrade
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, OLD))
        store = Store.open(address)
        project = "INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0)"
        columns = '(key, project_id, id, name, state, config, summary, "offset", claimed, created, version, tags)'
        run = f"INSERT INTO runs {columns} VALUES (:key, 1, :id, 'a', 'finished', '{{}}', '{{}}', 77, true, 0, 1, '[]')"
        store.write_sync(lambda conn: conn.execute(text(project)))
        store.write_sync(lambda conn: conn.execute(text(run), [{"key": key, "id": f"r{key}"} for key in range(RUNS)]))
        store.close()


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of such a database."""
    path = tmp_path / "old.db"
    fill(f"sqlite:///{path}", monkeypatch)
    return path


def look(path: Path) -> tuple[str, list[tuple[object, ...]]]:
    """Version and runs of a database that is whole."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(version), connection.execute("SELECT key, id, name, state FROM runs ORDER BY key").fetchall()
    finally:
        connection.close()


def bring_up_to_date(address: str) -> None:
    Store.open(address).close()


def test_a_copy_before_a_migration_that_is_killed_half_way_is_not_taken_for_one(old: Path) -> None:
    class Dying(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: object) -> None:
            super().backup(target, pages=1, progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))

    def die() -> None:
        sqlite3.connect = partial(sqlite3.connect, factory=Dying)  # in a process of its own
        bring_up_to_date(f"sqlite:///{old}")

    before, copy = look(old), old.with_name(f"{old.name}.before-{migrate.HEAD}.backup")
    assert in_a_process(die) == -signal.SIGKILL
    assert look(old) == before
    assert not copy.exists()
    bring_up_to_date(f"sqlite:///{old}")
    assert (look(copy), look(old)) == (before, (migrate.HEAD, before[1]))
    assert not list(old.parent.glob("*.unfinished*"))


def test_a_migration_killed_anywhere_leaves_one_of_the_two_versions_and_a_copy(old: Path, tmp_path: Path) -> None:
    before = look(old)
    assert before[0] == OLD
    shutil.copyfile(old, tmp_path / "whole.db")
    statements = in_a_process(partial(bring_up_to_date, f"sqlite:///{tmp_path}/whole.db"))
    killed = tmp_path / "killed" / "besom.db"
    killed.parent.mkdir()
    for statement in sorted(random.Random(5).sample(range(10, statements), KILLS)):  # after the copy has been made
        shutil.copyfile(old, killed)
        assert in_a_process(partial(bring_up_to_date, f"sqlite:///{killed}"), kill_before=statement) == -signal.SIGKILL
        version, runs = look(killed)
        assert version in (OLD, migrate.HEAD)
        assert runs == before[1]
        assert look(Path(f"{killed}.before-{migrate.HEAD}.backup")) == before
    server = ServerProcess(killed.parent, "--data", str(killed.parent), "--port", "0")
    server.stop()
    assert look(killed) == (migrate.HEAD, before[1])
    assert f"a copy as it was is in {killed}.before-{migrate.HEAD}.backup" in server.log.read_text()


@pytest.mark.postgresql
def test_one_that_is_killed_half_way_on_postgresql_leaves_the_tables_as_they_were(
    postgresql_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_at(address: str) -> tuple[dict[str, list[str]], list[tuple[object, ...]]]:
        """The tables with their columns, and the runs; waits until the killed server's transaction is gone."""
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE runs"))
            tables = MetaData()
            tables.reflect(connection)
            rows = connection.execute(text("SELECT key, id, name, state FROM runs ORDER BY key")).all()
        engine.dispose()
        return {table.name: table.columns.keys() for table in tables.tables.values()}, [tuple(row) for row in rows]

    with postgresql_server.database() as address:
        fill(address, monkeypatch)
        before = look_at(address)
        for statement in (60, 120):
            assert in_a_process(partial(bring_up_to_date, address), kill_before=statement) == -signal.SIGKILL
            assert look_at(address) == before
        bring_up_to_date(address)
        tables, runs = look_at(address)
        assert (tables != before[0], runs) == (True, before[1])
