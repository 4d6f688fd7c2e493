"""A server that is killed while it compacts history has the same history before and after."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sqlite3
from functools import partial
from pathlib import Path

import pytest
import rows_of
from dying import in_a_process

import postgresql
from besom.protocol import HistoryRecord
from besom.server.store import Store, history
from besom.server.store.compaction import compact_some

SEGMENTS, ROWS = 12, 5


def log(address: str) -> int:
    """Fills a database with a run that has ended; returns the run's key."""
    store = Store.open(address)
    key = store.write_sync(rows_of.run)
    for number in range(SEGMENTS):
        rows = [HistoryRecord(step=number * ROWS + row, time=1.0, data={"v": number + row / 7}) for row in range(ROWS)]
        store.write_sync(partial(history.append, run_key=key, first_row=number * ROWS, rows=rows))
    store.write_sync(partial(rows_of.end, run_key=key))
    store.close()
    return int(key)


def compact(address: str) -> None:
    store = Store.open(address)
    asyncio.run(compact_some(store, limit=8))
    store.close()


def rows(address: str, key: int) -> list[dict[str, object]]:
    store = Store.open(address)
    found = store.read_sync(lambda conn: history.rows(conn, key, after=0, limit=1000).rows)
    store.close()
    return found


def check(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_whichever_statement_was_the_last_no_row_is_lost_or_there_twice(tmp_path: Path) -> None:
    path, copies = tmp_path / "logged.db", (tmp_path / "whole.db", tmp_path / "killed.db")
    logged, whole, killed = (f"sqlite:///{file}" for file in (path, *copies))
    key = log(logged)
    before = rows(logged, key)
    assert len(before) == SEGMENTS * ROWS
    shutil.copyfile(path, copies[0])
    statements = in_a_process(partial(compact, whole))
    assert rows(whole, key) == before
    for statement in range(1, statements + 1):
        for left in tmp_path.glob("killed.db*"):
            left.unlink()
        shutil.copyfile(path, copies[1])
        assert in_a_process(partial(compact, killed), kill_before=statement) == -signal.SIGKILL
        assert rows(killed, key) == before
        compact(killed)
        assert rows(killed, key) == before
        check(copies[1])


@pytest.mark.postgresql
def test_nor_is_any_on_postgresql(postgresql_server: postgresql.Server, emptied: str) -> None:
    address = postgresql_server.url(emptied)
    key = log(address)
    before = rows(address, key)
    statement = 0
    for _ in range(40):  # later and later, until nothing kills it any more
        statement += 3
        if in_a_process(partial(compact, address), kill_before=statement) != -signal.SIGKILL:
            break
        assert rows(address, key) == before
    assert statement > 9, "it was killed a few times"
    assert rows(address, key) == before
