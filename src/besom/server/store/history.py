"""History: every row that a run logged. What is compacted and what is not yet looks the same to a reader."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, or_, select

from besom.protocol import HistoryRecord
from besom.server.store import block_format
from besom.server.store import segments as raw
from besom.server.store.curves import EVERY_STEP, curves, values
from besom.server.store.tables import blocks, chunks, segments

__all__ = ["Page", "append", "between", "curves", "drop", "rows", "values"]

_LEAST_STEP, _GREATEST_STEP = EVERY_STEP
_NAMED_AT_ONCE = 1_000
"""Values in one IN list."""


class Page(NamedTuple):
    """Consecutive rows; ``next_row`` is where the next page starts, None on the last."""

    rows: list[dict[str, Any]]
    next_row: int | None


def append(conn: Connection, run_key: int, first_row: int, rows: Sequence[HistoryRecord]) -> None:
    """Stores the rows of one stream request. ``first_row`` is how many the run had before.

    Raises:
        sqlalchemy.exc.IntegrityError: another request has stored that row.
    """
    raw.append(conn, run_key, first_row, raw.pack(rows))


def drop(conn: Connection, run_key: int) -> None:
    """Forgets everything that a run logged."""
    for table in (segments, chunks, blocks):
        conn.execute(delete(table).where(table.c.run_key == run_key))


def rows(conn: Connection, run_key: int, after: int, limit: int, keys: Collection[str] | None = None) -> Page:
    """Rows in the order in which they were logged, each with ``_step``, ``_timestamp`` and what was logged.

    Args:
        conn: for reading.
        run_key: the run.
        after: number of rows to pass over: 0, or the ``next_row`` of the page before.
        limit: the most rows on the page.
        keys: only these, and only rows that have at least one of them.
    """
    wanted = None if keys is None else set(keys)
    found = (
        (index, record) for index, record in _records(conn, run_key, after, wanted) if wanted is None or record.data
    )
    page = list(islice(found, limit + 1))
    next_row = page[limit][0] if len(page) > limit else None
    return Page([_row(record) for _, record in page[:limit]], next_row)


def between(
    conn: Connection, run_key: int, first: int | None, last: int | None, keys: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows as of ``rows`` whose step is not before ``first`` and not after ``last``, in the order in which they were
    logged; read piece by piece as they are consumed.

    Args:
        conn: for reading.
        run_key: the run.
        first: None for the beginning.
        last: None for the end.
        keys: only these; rows that have none of them come too.
    """
    low = _LEAST_STEP if first is None else first
    high = _GREATEST_STEP if last is None else last
    steps = None if first is None and last is None else (low, high)
    for _, record in _records(conn, run_key, 0, None if keys is None else set(keys), steps):
        yield _row(record)


def _row(record: HistoryRecord) -> dict[str, Any]:
    return {"_step": record.step, "_timestamp": record.time, **record.data}


def _records(
    conn: Connection,
    run_key: int,
    start: int,
    keys: Collection[str] | None,
    steps: tuple[int, int] | None = None,
) -> Iterator[tuple[int, HistoryRecord]]:
    """Records from row ``start`` on, with a step in this range, and their index; read piece by piece as they are
    consumed."""
    low, high = steps or (_LEAST_STEP, _GREATEST_STEP)
    apart = set() if steps is None else _blocks_apart(conn, run_key, low, high)
    for first_row in _starts(conn, run_key, start, blocks):
        if first_row in apart:
            continue
        block = conn.execute(select(blocks).where(blocks.c.run_key == run_key, blocks.c.first_row == first_row)).one()
        if steps is not None and not block_format.has_step(block.data, low, high):
            continue
        records = block_format.restore(block.data, _columns(conn, run_key, first_row, keys), keys)
        yield from (
            (index, record)
            for index, record in enumerate(records, first_row)
            if index >= start and low <= record.step <= high
        )
    for first_row in _starts(conn, run_key, start, segments):
        query = select(segments.c.data).where(segments.c.run_key == run_key, segments.c.first_row == first_row)
        for index, record in enumerate(raw.unpack(conn.execute(query).scalar_one()), first_row):
            if index >= start and low <= record.step <= high:
                if keys is not None:
                    record.data = {key: value for key, value in record.data.items() if key in keys}
                yield index, record


def _columns(conn: Connection, run_key: int, first_row: int, keys: Collection[str] | None) -> dict[str, bytes]:
    """The packed values of a block, by metric: of these keys, or of all."""
    query = select(chunks.c.metric, chunks.c.data).where(chunks.c.run_key == run_key, chunks.c.first_row == first_row)
    if keys is None:
        return dict(conn.execute(query).all())
    names = [block_format.metric_name(key) for key in keys]
    found: dict[str, bytes] = {}
    for start in range(0, len(names), _NAMED_AT_ONCE):
        found.update(conn.execute(query.where(chunks.c.metric.in_(names[start : start + _NAMED_AT_ONCE]))).all())
    return found


def _blocks_apart(conn: Connection, run_key: int, low: int, high: int) -> set[int]:
    """First rows of blocks that are known to have no step in this range, without a look into them: some metric was
    logged as a number in each of their rows, so its chunk tells their first and last step. One metric will do."""
    whole = (
        select(chunks.c.metric)
        .join(blocks, (blocks.c.run_key == chunks.c.run_key) & (blocks.c.first_row == chunks.c.first_row))
        .where(chunks.c.run_key == run_key, chunks.c.number_count == blocks.c.row_count)
    )
    metric = conn.scalar(whole.limit(1))
    outside = or_(chunks.c.first_step > high, chunks.c.last_step < low)
    query = whole.with_only_columns(chunks.c.first_row).where(chunks.c.metric == metric, outside)
    return set(conn.scalars(query))


def _starts(conn: Connection, run_key: int, start: int, table: Any) -> list[int]:
    """First rows of the pieces in ``table`` that have rows from ``start`` on."""
    query = select(table.c.first_row).where(table.c.run_key == run_key, table.c.first_row + table.c.row_count > start)
    return list(conn.scalars(query.order_by(table.c.first_row)))
