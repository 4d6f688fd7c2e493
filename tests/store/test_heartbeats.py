"""A heartbeat is the commonest of all writes, and costs the database as little as one can."""

from __future__ import annotations

import pytest
import rows_of
from sqlalchemy import Connection, text

from besom.server.store import Store, agents, runs


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_no_index_of_postgresql_hears_of_a_heartbeat(store: Store) -> None:
    def beat(conn: Connection) -> dict[str, tuple[int, int]]:
        project = rows_of.project(conn)
        sweep = rows_of.sweep(conn, project, "s")
        common = {"name": "a", "host": "box", "pid": 1, "state": "running", "created": 0.0, "heartbeat": 0.0}
        agents.create(conn, {"id": "a", "sweep_id": sweep, **common})
        keys = [rows_of.run(conn, project, sweep_id=sweep, agent_id="a") for _ in range(2)]
        for now in (1.0, 2.0, 3.0):
            agents.change(conn, "a", {"heartbeat": now})
            runs.touch(conn, keys[:1], now)
            runs.touch(conn, keys, now)
        found = conn.execute(text("SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables"))
        return {table: (updates, beside) for table, updates, beside in found if updates}

    assert store.write_sync(beat) == {"agents": (3, 3), "runs": (9, 9)}, "updates, and those that touch no index"
