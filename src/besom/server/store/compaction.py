"""Turns segments into blocks. The packing happens outside the writing transaction, which only swaps rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select

from besom.protocol import HistoryRecord
from besom.server.store import block_format
from besom.server.store import segments as raw
from besom.server.store.block_format import Block
from besom.server.store.store import Store
from besom.server.store.tables import blocks, chunks, runs, segments

logger = logging.getLogger("besom.server")

SEGMENTS_WORTH_IT = 64
ROWS_WORTH_IT = 1024
LARGEST_BLOCK_ROWS = 4096
LARGEST_BLOCK_VALUES = 1_000_000
_PART = select(runs.c.part).where(runs.c.key == bindparam("run"))
ROWS_AT_ONCE = 32_768
"""What one compaction holds in memory; a longer backlog takes several."""
SEGMENTS_AT_ONCE = 8_192
"""SQLite's own default is 32,766 values in one statement."""
GROWTH = 4
"""The last block is packed anew together with new rows while it has at most this many times as many."""


@dataclass(frozen=True)
class Compaction:
    """What is to be replaced by what. Rows are named by their first row, as in the tables."""

    run_key: int
    part: int
    """The run's newest process then: one that begins the run anew gives its rows new meanings."""
    replaced_segments: list[int]
    replaced_block: int | None
    new_blocks: list[tuple[int, Block]]


def candidates(conn: Connection, limit: int) -> list[int]:
    """Keys of the runs to compact: those that ended and those with enough segments or rows; the fullest first."""
    count, rows = func.count(), func.sum(segments.c.row_count)
    query = (
        select(segments.c.run_key)
        .join(runs, runs.c.key == segments.c.run_key)
        .group_by(segments.c.run_key)
        .having(or_(count >= SEGMENTS_WORTH_IT, rows >= ROWS_WORTH_IT, func.max(runs.c.ended).is_not(None)))
        .order_by(count.desc(), segments.c.run_key)
        .limit(limit)
    )
    return list(conn.scalars(query))


def prepare(conn: Connection, run_key: int) -> Compaction | None:
    """Reads and packs; changes nothing. None when the run has no segments."""
    waiting = _first_rows(raw.pending(conn, [run_key]))
    if not waiting:
        return None
    rows = [row for segment in waiting for row in raw.unpack(segment.data)]
    part = conn.execute(_PART, {"run": run_key}).scalar_one()
    first_row = waiting[0].first_row
    last = conn.execute(
        select(blocks).where(blocks.c.run_key == run_key).order_by(blocks.c.first_row.desc()).limit(1)
    ).first()
    replaced_block = None
    if last is not None and last.row_count <= GROWTH * len(rows) and last.row_count < LARGEST_BLOCK_ROWS:
        replaced_block = first_row = last.first_row
        rows = [*block_format.restore(last.data, _chunk_data(conn, run_key, last.first_row)), *rows]
    return Compaction(
        run_key, part, [segment.first_row for segment in waiting], replaced_block, list(_blocks(first_row, rows))
    )


def apply(conn: Connection, compaction: Compaction) -> bool:
    """Swaps segments for blocks. False, and nothing changed, when the run was compacted or begun anew meanwhile."""
    run_key = compaction.run_key
    if conn.execute(_PART, {"run": run_key}).scalar() != compaction.part:
        return False
    obsolete = and_(segments.c.run_key == run_key, segments.c.first_row.in_(compaction.replaced_segments))
    found = conn.scalar(select(func.count()).select_from(segments).where(obsolete))
    if found != len(compaction.replaced_segments):
        return False
    conn.execute(delete(segments).where(obsolete))
    if compaction.replaced_block is not None:
        for table in (blocks, chunks):
            conn.execute(
                delete(table).where(table.c.run_key == run_key, table.c.first_row == compaction.replaced_block)
            )
    for first_row, block in compaction.new_blocks:
        place = {"run_key": run_key, "first_row": first_row}
        conn.execute(insert(blocks), {**place, "row_count": block.row_count, "data": block.data})
        if block.chunks:
            conn.execute(
                insert(chunks), [{**place, "metric": name, **asdict(chunk)} for name, chunk in block.chunks.items()]
            )
    return True


def compact(conn: Connection, run_key: int) -> None:
    """Compacts one run, all in the caller's transaction. Doing it again changes nothing."""
    while (compaction := prepare(conn, run_key)) is not None:
        apply(conn, compaction)


async def compact_some(store: Store, limit: int) -> int:
    """Compacts up to ``limit`` runs that need it, and returns how many it did: call it until that is 0."""
    done = 0
    for key in await store.read(partial(candidates, limit=limit)):
        try:
            compaction = await store.read(partial(prepare, run_key=key))
        except Exception:  # bytes that a disk has damaged, say: the other runs' do not wait for them
            logger.exception("The history of run %s cannot be packed, and stays as it is", key)
            continue
        if compaction is not None:
            done += await store.write(partial(apply, compaction=compaction))
    return done


def _first_rows(waiting: Sequence[Row[int, int, int, bytes]]) -> list[Row[int, int, int, bytes]]:
    """The first segments, at least one, that together have about ROWS_AT_ONCE rows; no more than a query can name."""
    taken: list[Row[int, int, int, bytes]] = []
    rows = 0
    for segment in waiting:
        taken.append(segment)
        rows += segment.row_count
        if rows >= ROWS_AT_ONCE or len(taken) == SEGMENTS_AT_ONCE:
            break
    return taken


def _blocks(first_row: int, rows: Sequence[HistoryRecord]) -> Iterator[tuple[int, Block]]:
    start, value_count = 0, 0
    for index, row in enumerate(rows):
        value_count += len(row.data)
        if index + 1 - start == LARGEST_BLOCK_ROWS or value_count >= LARGEST_BLOCK_VALUES:
            yield first_row + start, block_format.build(rows[start : index + 1])
            start, value_count = index + 1, 0
    if start < len(rows):
        yield first_row + start, block_format.build(rows[start:])


def _chunk_data(conn: Connection, run_key: int, first_row: int) -> dict[str, bytes]:
    query = select(chunks.c.metric, chunks.c.data)
    return dict(conn.execute(query.where(chunks.c.run_key == run_key, chunks.c.first_row == first_row)).all())
