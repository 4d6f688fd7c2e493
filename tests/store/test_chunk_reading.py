"""Chunks are found by their key: what a curve costs does not grow with the runs of other projects."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from besom.server.store import chunk_data


def test_sqlite_searches_for_chunks_and_scans_none(migrated_file: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated_file}")
    query = chunk_data.query("loss", [(number, 0) for number in range(1, 51)])
    plan = f"EXPLAIN QUERY PLAN {query.compile(engine, compile_kwargs={'literal_binds': True})}"
    with engine.connect() as connection:
        steps = [row.detail for row in connection.execute(text(plan))]
    engine.dispose()
    of_chunks = [step for step in steps if "chunks" in step]
    assert of_chunks
    assert all(step.startswith("SEARCH") and "run_key=? AND metric=?" in step for step in of_chunks), steps
