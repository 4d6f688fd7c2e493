"""Curves: one key of one or many runs, thinned for a picture."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, select

from besom.protocol import Curve, LatestPoints, encode_number
from besom.protocol.reading import readable
from besom.server.store import block_format, chunk_data, columns, downsampling
from besom.server.store import segments as raw
from besom.server.store.columns import Floats, Integers
from besom.server.store.tables import blocks, chunks

_BATCH = 2000
"""Values in one IN list; both databases allow more, but not without end."""
_RECENT_ROWS = 64
"""Rows of a run of which it is told without being asked for its curve: what it logs between two looks."""
_BLOCKS = 16
"""Blocks of rows that are fetched at a time."""

Points = tuple[Integers, Floats]
"""Steps, and the value at each."""
_NOTHING: Points = (np.empty(0, np.int64), np.empty(0))

TIMES = "_timestamp"
"""A key that every row has: when it was logged, in seconds since 1970."""

Steps = tuple[int, int]
"""The first and the last step of a range."""
EVERY_STEP: Steps = (-(2**53), 2**53)  # as protocol.HistoryRecord has them


def curves(
    conn: Connection, run_ids: Mapping[int, str], keys: Sequence[str], points: int, steps: Steps = EVERY_STEP
) -> list[Curve]:
    """Curves of one or many runs, in a few queries per key.

    Args:
        conn: for reading.
        run_ids: the runs' ids by their keys in the database.
        keys: whose numbers are wanted; other values are passed over. ``TIMES`` is one of them.
        points: the most points per curve, at least 4: the first, the last, and minimum and maximum of each bucket.
        steps: only what was logged at these counts, for a chart that shows a part.

    Returns:
        One curve per key and run, in that order; empty where the key was never logged. Steps ascend.
    """
    found = []
    for key in keys:
        of_key = _curves(conn, list(run_ids), key, points, steps)
        for run_key, run_id in run_ids.items():
            total, (at, values) = of_key[run_key]
            found.append(Curve(run_id=run_id, key=key, steps=at.tolist(), values=_encode(values), total=total))
    return found


def latest(conn: Connection, run_ids: Mapping[int, str], keys: Sequence[str]) -> list[LatestPoints]:
    """The numbers of a few keys in the latest rows of some runs; nothing of a run whose latest rows are packed.

    Args:
        conn: for reading.
        run_ids: the runs' ids by their keys in the database.
        keys: whose numbers are wanted. ``TIMES`` is one of them.
    """
    found = []
    for run_key, group in itertools.groupby(raw.recent(conn, list(run_ids), _RECENT_ROWS), key=itemgetter(0)):
        segments = list(group)
        for key in keys:
            read = _times_in if key == TIMES else partial(_numbers_in, key=key)
            at, values = read([segment.data for segment in segments])
            of_run = LatestPoints(
                run_id=run_ids[run_key],
                key=key,
                from_row=segments[0].first_row,
                steps=at.tolist(),
                values=_encode(values),
            )
            found.append(of_run)
    return found


def values(conn: Connection, run_key: int, key: str) -> list[float]:
    """All numbers logged under a key, in order, NaN and infinities among them."""
    return [value for _, value in points(conn, run_key, key)]


def points(conn: Connection, run_key: int, key: str) -> list[tuple[int, float]]:
    """The same, each with its step."""
    query = select(chunks.c.data).where(chunks.c.run_key == run_key, chunks.c.metric == block_format.metric_name(key))
    pieces = [block_format.numbers(data) for data in conn.scalars(query.order_by(chunks.c.first_row))]
    pieces += [(steps, found) for _, steps, found in _pending(conn, [run_key], key)]
    return [point for steps, found in pieces for point in zip(steps.tolist(), found.tolist(), strict=True)]


def pending_numbers(conn: Connection, run_keys: Sequence[int], key: str) -> Iterator[tuple[int, Floats]]:
    """What of these runs is not compacted yet: pieces, each a run's key and its numbers."""
    return ((run_key, found) for run_key, _, found in _pending(conn, run_keys, key))


def _curves(
    conn: Connection, run_keys: Sequence[int], key: str, points: int, steps: Steps
) -> dict[int, tuple[int, Points]]:
    """For each run how many numbers it logged, and the points to show."""
    if key == TIMES:
        return _times(conn, run_keys, points, steps)
    pieces: dict[int, list[Points]] = {run_key: [_NOTHING] for run_key in run_keys}
    for run_key, at, found in _pending(conn, run_keys, key):
        pieces[run_key].append(_within((at, found), steps))
    summaries: dict[int, list[Any]] = defaultdict(list)
    cut: list[tuple[int, int]] = []
    for summary in _summaries(conn, run_keys, key, steps):
        if steps[0] <= summary.first_step and summary.last_step <= steps[1]:
            summaries[summary.run_key].append(summary)
        else:  # its extremes may lie outside
            cut.append((summary.run_key, summary.first_row))
    for run_key, data in chunk_data.read(conn, block_format.metric_name(key), cut):
        pieces[run_key].append(_within(block_format.numbers(data), steps))
    totals = {run_key: _count(pieces[run_key]) for run_key in run_keys}
    needed: list[tuple[int, int]] = []
    for run_key, of_run in summaries.items():
        totals[run_key] += sum(summary.number_count for summary in of_run)
        whole, extremes = _choose(of_run, pieces[run_key], totals[run_key], points)
        needed += [(run_key, summary.first_row) for summary in whole]
        pieces[run_key].append(extremes)
    for run_key, data in chunk_data.read(conn, block_format.metric_name(key), needed):
        pieces[run_key].append(block_format.numbers(data))
    return {run_key: (totals[run_key], _thin(pieces[run_key], points)) for run_key in run_keys}


def _times(conn: Connection, run_keys: Sequence[int], points: int, steps: Steps) -> dict[int, tuple[int, Points]]:
    """The same for ``TIMES``. Every row has one, so only one run's are in memory at a time."""
    found = dict.fromkeys(run_keys, (0, _NOTHING))
    for some in _batches(run_keys):
        pieces = heapq.merge(_packed_times(conn, some), _pending_times(conn, some), key=itemgetter(0))
        for run_key, group in itertools.groupby(pieces, key=itemgetter(0)):
            found[run_key] = _counted([_within(piece, steps) for _, piece in group], points)  # no name keeps the pieces
    return found


def _counted(pieces: Sequence[Points], points: int) -> tuple[int, Points]:
    return _count(pieces), _thin(pieces, points)


def _count(pieces: Sequence[Points]) -> int:
    return sum(len(at) for at, _ in pieces)


def _within(piece: Points, steps: Steps) -> Points:
    """Those of the points that lie in a range of steps."""
    if steps == EVERY_STEP:
        return piece
    at, found = piece
    inside = (at >= steps[0]) & (at <= steps[1])
    return at[inside], found[inside]


def _packed_times(conn: Connection, run_keys: Sequence[int]) -> Iterator[tuple[int, Points]]:
    query = select(blocks.c.run_key, blocks.c.data).where(blocks.c.run_key.in_(run_keys))
    ordered = query.order_by(blocks.c.run_key, blocks.c.first_row)
    for run_key, data in conn.execute(ordered, execution_options={"yield_per": _BLOCKS}):
        yield run_key, block_format.times(data)


def _pending_times(conn: Connection, run_keys: Sequence[int]) -> Iterator[tuple[int, Points]]:
    for segment in raw.pending(conn, run_keys):
        yield segment.run_key, _times_in([segment.data])


def _times_in(segments: Sequence[bytes]) -> Points:
    logged = [row for data in segments for row in _row_times(data)]
    return np.array([row.step for row in logged], np.int64), np.array([row.time for row in logged])


def _choose(summaries: list[Any], pending: list[Points], total: int, points: int) -> tuple[list[Any], Points]:
    """Which chunks must be read, and the extremes of those that lie within one bucket, where these are enough."""
    if total <= max(points, downsampling.FEWEST):
        return summaries, _NOTHING
    lows = np.array([summary.first_step for summary in summaries], np.int64)
    highs = np.array([summary.last_step for summary in summaries], np.int64)
    first = min([int(lows.min()), *(int(steps.min()) for steps, _ in pending if len(steps))])
    last = max([int(highs.max()), *(int(steps.max()) for steps, _ in pending if len(steps))])
    buckets = downsampling.buckets_of(points)
    inside = downsampling.bucket_of(lows, first, last, buckets) == downsampling.bucket_of(highs, first, last, buckets)
    # The curve's own first and last point are shown whatever their value is.
    inside &= (lows != first) & (highs != last)
    whole = [summary for summary, known in zip(summaries, inside, strict=True) if not known]
    steps: list[int] = []
    values: list[float] = []
    for summary, known in zip(summaries, inside, strict=True):
        if known and summary.minimum is None:
            steps.append(summary.first_step)
            values.append(np.nan)
        elif known:
            steps += [summary.minimum_step, summary.maximum_step]
            values += [summary.minimum, summary.maximum]
    return whole, (np.array(steps, np.int64), np.array(values, np.float64))


def _thin(pieces: Sequence[Points], points: int) -> Points:
    steps = np.concatenate([steps for steps, _ in pieces])
    return downsampling.thin(steps, np.concatenate([found for _, found in pieces]), points)


def _encode(numbers: Floats) -> list[float | str]:
    encoded: list[float | str] = numbers.tolist()
    for position in np.flatnonzero(~np.isfinite(numbers)):
        encoded[position] = encode_number(float(numbers[position]))
    return encoded


def _summaries(conn: Connection, run_keys: Sequence[int], key: str, steps: Steps) -> Iterator[Any]:
    """Of the chunks that reach into a range of steps."""
    table = chunks.c
    query = select(
        table.run_key,
        table.first_row,
        table.number_count,
        table.first_step,
        table.last_step,
        table.minimum,
        table.minimum_step,
        table.maximum,
        table.maximum_step,
    ).where(table.metric == block_format.metric_name(key), table.number_count > 0)
    if steps != EVERY_STEP:
        query = query.where(table.last_step >= steps[0], table.first_step <= steps[1])
    for some in _batches(run_keys):
        yield from conn.execute(query.where(table.run_key.in_(some)).order_by(table.run_key, table.first_row))


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _pending(conn: Connection, run_keys: Sequence[int], key: str) -> Iterator[tuple[int, Integers, Floats]]:
    """What is not compacted yet: run key, steps and values of the numbers."""
    for some in _batches(run_keys):
        for segment in raw.pending(conn, some):
            yield segment.run_key, *_numbers_in([segment.data], key)


def _numbers_in(segments: Sequence[bytes], key: str) -> Points:
    """Steps and values of a key's numbers."""
    decode = _decoder(key)
    logged = [(step, value) for data in segments for step, value in decode(data) if value is not None]
    positions, found = columns.numbers_in([value for _, value in logged])
    return np.array([step for step, _ in logged], np.int64)[positions], found


@readable
class _RowTime(msgspec.Struct):
    step: int
    time: float


_row_times_decoder = msgspec.json.Decoder(_RowTime)


def _row_times(data: bytes) -> list[_RowTime]:
    return _row_times_decoder.decode_lines(raw.decompress(data))


@lru_cache(maxsize=256)
def _decoder(key: str) -> Callable[[bytes], Iterator[tuple[int, Any]]]:
    """Reads the step and one key's value, None where it was not logged, of each row in a segment."""
    if any(char in '"\\' or char < " " for char in key):  # msgspec cannot name a field so
        return lambda data: ((row.step, row.data.get(key)) for row in raw.unpack(data))
    # A type that has only this key lets msgspec skip all others at little cost.
    values = msgspec.defstruct("values", [("value", Any, None)], rename={"value": key})
    row: Any = msgspec.defstruct("row", [("step", int), ("data", values)])
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(row)
    return lambda data: ((row.step, row.data.value) for row in decoder.decode_lines(raw.decompress(data)))
