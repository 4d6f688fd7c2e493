"""All that a run's processes have logged, besides its files."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from besom.server.store.tables import blocks, chunks, output, run_details, samples, segments


def forget(conn: Connection, run_key: int) -> None:
    """Deletes rows, printed lines, load of the machine, and facts about the program."""
    for table in (segments, chunks, blocks, output, samples, run_details):
        conn.execute(delete(table).where(table.c.run_key == run_key))
