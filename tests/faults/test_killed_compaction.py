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

from besom.protocol import HistoryRecord
from besom.server.store import Store, history
from besom.server.store.compaction import compact_some

SEGMENTS, ROWS = 12, 5


@pytest.fixture
def logged(tmp_path: Path) -> tuple[Path, int]:
    """A database with a run that has ended, and the run's key."""
    path = tmp_path / "logged.db"
    store = Store.open(f"sqlite:///{path}")
    key = store.write_sync(rows_of.run)
    for number in range(SEGMENTS):
        rows = [HistoryRecord(step=number * ROWS + row, time=1.0, data={"v": number + row / 7}) for row in range(ROWS)]
        store.write_sync(partial(history.append, run_key=key, first_row=number * ROWS, rows=rows))
    store.write_sync(partial(rows_of.end, run_key=key))
    store.close()
    return path, key


def compact(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}")
    asyncio.run(compact_some(store, limit=8))
    store.close()


def rows(path: Path, key: int) -> list[dict[str, object]]:
    store = Store.open(f"sqlite:///{path}")
    found = store.read_sync(lambda conn: history.rows(conn, key, after=0, limit=1000).rows)
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return found


def test_whichever_statement_was_the_last_no_row_is_lost_or_there_twice(
    logged: tuple[Path, int], tmp_path: Path
) -> None:
    path, key = logged
    before = rows(path, key)
    assert len(before) == SEGMENTS * ROWS
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    shutil.copyfile(path, whole)
    statements = in_a_process(partial(compact, whole))
    assert rows(whole, key) == before
    for statement in range(1, statements + 1):
        for left in tmp_path.glob("killed.db*"):
            left.unlink()
        shutil.copyfile(path, killed)
        assert in_a_process(partial(compact, killed), kill_before=statement) == -signal.SIGKILL
        assert rows(killed, key) == before
        compact(killed)
        assert rows(killed, key) == before
