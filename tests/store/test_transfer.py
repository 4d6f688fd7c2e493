"""``besom migrate``: everything of one database is in the other one, or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import rows_of
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Double,
    Integer,
    LargeBinary,
    NullPool,
    Table,
    create_engine,
    insert,
    make_url,
    select,
)

import postgresql
from besom.cli.migrate import command
from besom.errors import UsageError
from besom.server.store import Store
from besom.server.store.blob_folder import BlobFolder
from besom.server.store.errors import StoreError
from besom.server.store.tables import events, metadata, projects, runs
from waiting import until

ROWS = 4
CONTENTS = [f"the weights of {i}".encode() for i in range(ROWS)]
DOCUMENT = {"z": [1, 2.0, 1e16, -0.0, 2**70, None, "é 💡"], "a": {"10": True, "9": {}}}


def fill(conn: Connection) -> None:
    """Puts rows into every table, with values that databases like to change."""
    for table in metadata.sorted_tables:
        conn.execute(insert(table), [{column.name: value(column, i) for column in table.columns} for i in range(ROWS)])


def value(column: Column[Any], i: int) -> Any:
    if column.foreign_keys:
        return value(next(iter(column.foreign_keys)).column, i)
    if column.nullable and i == ROWS - 1:
        return None
    if column.table.name == "blobs" and column.name in ("digest", "size"):
        return hashlib.sha256(CONTENTS[i]).hexdigest() if column.name == "digest" else len(CONTENTS[i])
    match column.type:
        case Boolean():
            return i % 2 == 0
        case Double():
            return [0.1, 1e-300, -0.0, 1.7e9 + 1 / 3][i]
        case Integer():
            return i + 7
        case LargeBinary():
            return bytes(range(256)) * i
        case JSON():
            return DOCUMENT if i else []
    return f"{column.name} {'Zäz'[i % 3]}{i} \u0301\n"


def everything(address: str) -> dict[str, list[str]]:
    """All rows by table. SQLite keeps no sign of zero in a column of numbers."""

    def rows(conn: Connection, table: Table) -> list[str]:
        return sorted(
            repr([item + 0.0 if type(item) is float else item for item in row]) for row in conn.execute(select(table))
        )

    store = Store.open(address)
    try:
        return store.read_sync(lambda conn: {table.name: rows(conn, table) for table in metadata.sorted_tables})
    finally:
        store.close()


@pytest.fixture
def laptop(tmp_path: Path, migrated_file: Path) -> Path:
    """The folder of a server."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    shutil.copyfile(migrated_file, folder / "besom.db")
    store = Store.open(f"sqlite:///{folder}/besom.db")
    store.write_sync(fill)
    store.close()
    blobs = BlobFolder(folder / "blobs")
    for i, content in enumerate(CONTENTS):
        writer = blobs.write()
        writer.append(content)
        blobs.keep(writer, i + 7)
    return folder


def migrate(*arguments: object) -> None:
    mask = os.umask(0o022)
    try:
        command.main([str(argument) for argument in arguments], standalone_mode=False)
    finally:
        os.umask(mask)


@pytest.mark.postgresql
def test_a_laptops_data_moves_to_postgresql_and_back(
    laptop: Path,
    tmp_path: Path,
    postgresql_server: postgresql.Server,
    migrated: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = everything(f"sqlite:///{laptop}/besom.db")
    assert all(len(rows) == ROWS for rows in before.values())
    with postgresql_server.database(migrated) as address:
        migrate(laptop, address)
        said = capsys.readouterr().out
        assert f"{ROWS} runs" in said
        assert f"The files stay in {laptop}/blobs" in said
        assert f"Next: besom server --db {address} --data {laptop}\n" in said
        assert everything(address) == before
        with pytest.raises(StoreError, match="not empty"):
            migrate(laptop, address)

        store = Store.open(address)
        with pytest.raises(StoreError, match="Somebody else is connected"):
            migrate(address, tmp_path / "refused")
        new = store.write_sync(add_one)
        assert new == {"projects": ROWS + 7, "runs": ROWS + 7, "events": ROWS + 7}, "ids go on after the copied ones"
        store.close()

        after, back = everything(address), tmp_path / "back"
        with pytest.raises(UsageError, match="--files-from"):
            migrate(address, back)
        migrate(address, back, "--files-from", laptop / "blobs", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["files"], found["missing"], found["rows"]["runs"]) == (ROWS, [], ROWS + 1)
    assert everything(f"sqlite:///{back}/besom.db") == after
    for i, content in enumerate(CONTENTS):
        file = BlobFolder(back / "blobs").open(i + 7, hashlib.sha256(content).hexdigest())
        assert file is not None
        with file:
            assert file.read() == content
    with pytest.raises(UsageError, match="no server's data"):
        migrate(tmp_path, back)


@pytest.mark.postgresql
def test_nobody_writes_to_what_is_being_copied(
    tmp_path: Path, postgresql_server: postgresql.Server, migrated: str
) -> None:
    from besom.server.store.postgresql import _WRITE_LOCK
    from besom.server.store.transfer import open_alone, transfer

    with postgresql_server.database(migrated) as address:
        source, target = open_alone(address), open_alone(f"sqlite:///{tmp_path}/besom.db")
        source.write_sync(lambda conn: rows_of.user(conn, "ada"))
        turns = []

        def ask_for_a_turn(*_: object) -> None:
            with psycopg.connect(address) as server:
                turns.append(server.execute("SELECT pg_try_advisory_xact_lock(%s)", [_WRITE_LOCK]).fetchone())

        with ThreadPoolExecutor(1) as threads:
            started: list[Future[Store]] = []

            def start_a_server(_: object) -> None:
                started.append(threads.submit(Store.open, address))
                until(lambda: sees(address, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))

            with pytest.raises(StoreError, match="was started meanwhile"):
                transfer(source, target, ask_for_a_turn, start_a_server)
            started[0].result(30).close()
        assert target.read_sync(rows_of.user_names) == set(), "nothing is kept"
        turns.clear()
        until(lambda: not sees(address, OTHERS))
        transfer(source, target, ask_for_a_turn, ask_for_a_turn)
        assert target.read_sync(rows_of.user_names) == {"ada"}
        assert turns == [(False,), (False,)], "nor while files are copied"
        for store in (source, target):
            store.close()


@pytest.mark.postgresql
def test_other_users_of_the_database_are_seen_by_whom_it_tells_nothing_of_them(
    postgresql_server: postgresql.Server, migrated: str
) -> None:
    from besom.server.store.transfer import _refuse_company

    with postgresql_server.database(migrated) as address, psycopg.connect(address, autocommit=True) as other:
        other.execute("CREATE ROLE ordinary LOGIN")
        try:
            url = make_url(address).set(drivername="postgresql+psycopg", username="ordinary")
            engine = create_engine(url.update_query_dict({"application_name": "migrate"}), poolclass=NullPool)
            with engine.connect() as conn, pytest.raises(StoreError, match="Somebody else is connected"):
                _refuse_company(conn)
        finally:
            other.execute("DROP ROLE ordinary")


OTHERS = "SELECT FROM pg_stat_activity WHERE datname = %s AND client_port IS NOT NULL AND application_name = ''"


def sees(address: str, query: str) -> bool:
    """Whether it finds anything, asked from another database of the same server."""
    url = make_url(address)
    with psycopg.connect(url.set(database="postgres").render_as_string(hide_password=False)) as asking:
        values = [url.database] if "%s" in query else None
        return bool(asking.execute(query, values).fetchall())  # type: ignore[call-overload]


def add_one(conn: Connection) -> dict[str, int]:
    """Rows that get their ids from the database, by name of their table."""
    ids = {}
    for table in (projects, runs, events):
        key = table.autoincrement_column
        assert key is not None
        row = {column.name: value(column, 0) for column in table.columns if column is not key}
        row |= {name: f"new {name}" for name in ("id", "name", "point_hash") if name in row}
        if table is runs:
            row["metric_best"] = -0.0
        ids[table.name] = conn.execute(insert(table).values(row).returning(key)).scalar_one()
    return ids


def test_what_arrives_otherwise_than_it_was_sent_is_taken_back(
    laptop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from besom.server.store import transfer

    put, target = transfer._put, tmp_path / "target"

    def lose_a_row(conn: Connection, table: Any, batch: list[Any]) -> None:
        put(conn, table, batch[:-1] if table is events else batch)

    def change_a_value(conn: Connection, table: Any, batch: list[Any]) -> None:
        if table is events:
            first = dict(zip(table.columns.keys(), batch[0], strict=True))
            batch = [tuple({**first, "reason": "another"}.values()), *batch[1:]]
        put(conn, table, batch)

    for fault, rows in ((lose_a_row, ROWS - 1), (change_a_value, ROWS)):
        monkeypatch.setattr(transfer, "_put", fault)
        with pytest.raises(StoreError, match=f"'events' is not what was sent: {rows} rows of {ROWS}, digest"):
            migrate(laptop, target)
        assert not any(everything(f"sqlite:///{target}/besom.db").values())
    monkeypatch.undo()
    (laptop / "blobs" / "7").rename(tmp_path / "lost")
    shutil.rmtree(target / "blobs")
    with pytest.raises(Exception, match="1 files that the database names were lost before"):
        migrate(laptop, target)
    assert everything(f"sqlite:///{target}/besom.db") == everything(f"sqlite:///{laptop}/besom.db")
