"""Blocks: consecutive history rows turned into one packed column per key, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import zstandard

from besom.protocol import HistoryRecord
from besom.protocol.reading import readable
from besom.server.store import columns
from besom.server.store.columns import Column, Floats, Integers
from besom.server.store.segments import decompress

_LONGEST_NAME = 500


@readable
class _Head(msgspec.Struct, array_like=True, frozen=True):
    """What a block itself holds: when its rows were logged, and which keys each of them had, in which order."""

    steps: Column
    times: Column
    key_sets: list[list[str]]
    key_set_of_row: Column


@readable
class _Body(msgspec.Struct, array_like=True, frozen=True):
    """What a chunk holds: the values of one key, and the steps at which they were logged."""

    steps: Column
    values: Column


@dataclass(frozen=True)
class Chunk:
    """One key's values in a block. The summary covers the numbers among them; NaN counts, but is no extreme."""

    data: bytes
    number_count: int = 0
    first_step: int | None = None
    last_step: int | None = None
    minimum: float | None = None
    minimum_step: int | None = None
    maximum: float | None = None
    maximum_step: int | None = None


@dataclass(frozen=True)
class Block:
    """Rows in columns; ``chunks`` by metric name (see ``metric_name``)."""

    row_count: int
    data: bytes
    chunks: dict[str, Chunk]


def metric_name(key: str) -> str:
    """The name under which a key's chunks are stored: the key, unless a database's index could not hold it."""
    if len(key) <= _LONGEST_NAME and "\0" not in key:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{key[:100]}…{digest}".replace("\0", "")


def build(rows: Sequence[HistoryRecord]) -> Block:
    """Packs rows into columns."""
    key_sets: dict[tuple[str, ...], int] = {}
    key_set_of_row = [key_sets.setdefault(tuple(row.data), len(key_sets)) for row in rows]
    steps: dict[str, list[int]] = {}
    values: dict[str, list[Any]] = {}
    for row in rows:
        for key, value in row.data.items():
            steps.setdefault(key, []).append(row.step)
            values.setdefault(key, []).append(value)
    head = _Head(
        columns.pack([row.step for row in rows]),
        columns.pack_clock([row.time for row in rows]),
        [list(key_set) for key_set in key_sets],
        columns.pack(key_set_of_row),
    )
    chunks = {metric_name(key): _chunk(steps[key], values[key]) for key in values}
    return Block(len(rows), _compress(head), chunks)


def restore(data: bytes, chunks: Mapping[str, bytes], keys: Collection[str] | None = None) -> Iterator[HistoryRecord]:
    """The rows of a block, as they were.

    Args:
        data: of the block.
        chunks: data of its chunks by metric name; those of ``keys`` suffice.
        keys: leave out all others, which can leave rows without data.
    """
    head = msgspec.msgpack.decode(decompress(data), type=_Head)
    wanted = [key_set if keys is None else [key for key in key_set if key in keys] for key_set in head.key_sets]
    values = {
        key: iter(columns.unpack(msgspec.msgpack.decode(decompress(chunks[metric_name(key)]), type=_Body).values))
        for key in {key for key_set in wanted for key in key_set}
    }
    rows = zip(columns.unpack(head.steps), columns.unpack(head.times), columns.unpack(head.key_set_of_row), strict=True)
    for step, time, key_set in rows:
        yield HistoryRecord(step=step, time=time, data={key: next(values[key]) for key in wanted[key_set]})


def has_step(data: bytes, low: int, high: int) -> bool:
    """Whether a block has a row whose step lies in ``low`` to ``high``."""
    found = _steps(data)
    return bool(((found >= low) & (found <= high)).any())


def highest_step(data: bytes) -> int:
    """Of a block's rows."""
    return int(_steps(data).max())


def numbers(data: bytes) -> tuple[Integers, Floats]:
    """Steps and values of the numbers in a chunk."""
    body = msgspec.msgpack.decode(decompress(data), type=_Body)
    positions, found = columns.numbers_of(body.values)
    return columns.integers_of(body.steps)[positions], found


def times(data: bytes) -> tuple[Integers, Floats]:
    """Steps of a block's rows, and when each was logged, in seconds since 1970."""
    head = msgspec.msgpack.decode(decompress(data), type=_Head)
    return columns.integers_of(head.steps), columns.numbers_of(head.times)[1]


def _steps(data: bytes) -> Integers:
    return columns.integers_of(msgspec.msgpack.decode(decompress(data), type=_Head).steps)


def _chunk(steps: Sequence[int], values: Sequence[Any]) -> Chunk:
    body = _Body(columns.pack(steps), columns.pack(values))
    data = _compress(body)
    positions, found = columns.numbers_of(body.values)
    if not len(found):
        return Chunk(data)
    at = np.array(steps, np.int64)[positions]
    summary = Chunk(data, len(found), int(at.min()), int(at.max()))
    if np.isnan(found).all():
        return summary
    low = int(np.nanargmin(found))
    high = len(found) - 1 - int(np.nanargmax(found[::-1]))  # the last of equal ones, as ``downsampling.thin`` keeps it
    return replace(
        summary,
        minimum=float(found[low]),
        minimum_step=int(at[low]),
        maximum=float(found[high]),
        maximum_step=int(at[high]),
    )


def _compress(value: object) -> bytes:
    return zstandard.compress(msgspec.msgpack.encode(value), 3)
