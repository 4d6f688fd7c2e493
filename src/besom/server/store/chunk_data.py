"""The packed values of chunks, by run and block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Select, select, tuple_

from besom.server.store.tables import chunks

_BATCH = 2000


def read(conn: Connection, metric: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Run key and data of a metric's chunks at these places, each a run key and the first row of a block."""
    for start in range(0, len(places), _BATCH):
        for row in conn.execute(query(metric, places[start : start + _BATCH])):
            yield row.run_key, row.data


def query(metric: str, places: Sequence[tuple[int, int]]) -> Select[int, bytes]:
    """For few enough places. SQLite finds no way into the key by pairs alone: it would look at the chunks of all
    projects. So the runs are named as well."""
    of_runs = chunks.c.run_key.in_({run_key for run_key, _ in places})
    here = tuple_(chunks.c.run_key, chunks.c.first_row).in_(places)
    return select(chunks.c.run_key, chunks.c.data).where(chunks.c.metric == metric, of_runs, here)
