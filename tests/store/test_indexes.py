"""What a server asks all the while finds its rows by an index: its cost does not grow with the runs of years."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from besom.server.store import Store, projects, retries, runs

LOOKS: dict[str, tuple[Callable[[Connection], Any], str]] = {
    "runs that fell silent": (lambda conn: runs.silent_since(conn, 1.0, 50), "ix_runs_sweep_id_living"),
    "runs whose processes may not be over": (
        lambda conn: retries.held_before(conn, 1.0, 50),
        "ix_runs_sweep_id_retry_due",
    ),
    "the next run to be tried again": (lambda conn: retries.first_due(conn, "s"), "ix_runs_sweep_id_retry_due"),
    "the same for an agent": (lambda conn: retries.first_due(conn, "s", "a"), "ix_runs_sweep_id_retry_due"),
    "what a new rule of retries may change": (
        lambda conn: retries.broken_or_due(conn, "s", ["failed"]),
        "ix_runs_sweep_id_retry_due",
    ),
    "runs at work in a project": (lambda conn: projects.at_work(conn, 1), "ix_runs_project_id_living"),
    "the head of a project": (lambda conn: projects.listing(conn, projects.only(1)), "ix_runs_project_id_living"),
    "whether there is one": (lambda conn: retries.any_due(conn, "s"), "ix_runs_sweep_id_retry_due"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_sqlite_looks_by_the_index(migrated_file: Path, tmp_path: Path, name: str) -> None:
    look, index = LOOKS[name]
    asked: list[str] = []

    def plan(conn: Connection) -> str:
        driver: Any = conn.connection.driver_connection
        driver.set_trace_callback(asked.append)
        look(conn)
        driver.set_trace_callback(None)
        return str(driver.execute(f"EXPLAIN QUERY PLAN {asked[-1]}").fetchall())

    store = Store.open(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'besom.db')}")
    try:
        assert f" runs USING INDEX {index}" in store.write_sync(plan)
    finally:
        store.close()
