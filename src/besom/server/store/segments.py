"""Segments: history as it came, one per stream request."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import zstandard
from sqlalchemy import Connection, Row, insert, select

from besom.protocol import HistoryRecord
from besom.server.store.prepared import Prepared
from besom.server.store.tables import runs, segments

_ROWS = 10_000
"""Rows that are encoded at a time: meanwhile no other thread runs."""

_ADD = Prepared(insert(segments), ["run_key", "first_row", "row_count", "data"])

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(HistoryRecord)
_local = threading.local()


@dataclass(frozen=True)
class Segment:
    """Packed history rows, ready to be stored."""

    row_count: int
    data: bytes


def pack(rows: Sequence[HistoryRecord]) -> Segment:
    """Packs rows; done before the transaction, so that it takes none of the writer's time."""
    lines = [_encoder.encode_lines(rows[begin : begin + _ROWS]) for begin in range(0, len(rows), _ROWS)]
    return Segment(len(rows), zstandard.compress(b"".join(lines), 1))


def unpack(data: bytes) -> list[HistoryRecord]:
    """The rows in a stored segment."""
    return _decoder.decode_lines(decompress(data))


def decompress(data: bytes) -> bytes:
    """zstd; a decompressor serves one thread at a time, and making one costs more than using it."""
    try:
        decompressor = _local.decompressor
    except AttributeError:
        decompressor = _local.decompressor = zstandard.ZstdDecompressor()
    plain: bytes = decompressor.decompress(data)
    return plain


def append(conn: Connection, run_key: int, first_row: int, segment: Segment) -> None:
    """Stores a segment whose first row is the run's row ``first_row``, counted from 0.

    Raises:
        sqlalchemy.exc.IntegrityError: that row is already the first of another segment.
    """
    if segment.row_count:
        values = {"run_key": run_key, "first_row": first_row, "row_count": segment.row_count, "data": segment.data}
        _ADD.run(conn, values)


def recent(conn: Connection, run_keys: Sequence[int], rows: int) -> Sequence[Row[int, int, bytes]]:
    """Of each run the segments that begin among its last ``rows`` rows and are not compacted, in order: run key, first
    row, data."""
    query = select(segments.c.run_key, segments.c.first_row, segments.c.data).join(
        runs, runs.c.key == segments.c.run_key
    )
    mine = segments.c.run_key.in_(run_keys), segments.c.first_row >= runs.c.steps - rows
    return conn.execute(query.where(*mine).order_by(segments.c.run_key, segments.c.first_row)).all()


def pending(conn: Connection, run_keys: Iterable[int]) -> Sequence[Row[int, int, int, bytes]]:
    """Segments not yet compacted, in order: run key, first row, row count, data."""
    query = select(segments.c.run_key, segments.c.first_row, segments.c.row_count, segments.c.data)
    return conn.execute(
        query.where(segments.c.run_key.in_(list(run_keys))).order_by(segments.c.run_key, segments.c.first_row)
    ).all()
