"""Packed columns and blocks give back exactly what they were made of."""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec
import rows_of
import wire
from hypothesis import given
from hypothesis import strategies as st

from besom.protocol import HistoryRecord, decode_number
from besom.server.store import block_format, columns


def exact(values: list[Any]) -> list[tuple[type, bytes]]:
    """Tells 1 from 1.0 and from True, and 0.0 from -0.0."""
    return [(type(value), msgspec.json.encode(value)) for value in values]


@given(wire.columns)
def test_a_column_loses_nothing(values: list[Any]) -> None:
    assert exact(columns.unpack(columns.pack(values))) == exact(values)


@given(st.lists(wire.times))
def test_a_clock_loses_nothing(times: list[float]) -> None:
    assert columns.unpack(columns.pack_clock(times)) == times


@given(wire.columns)
def test_the_numbers_of_a_column_are_its_numbers(values: list[Any]) -> None:
    positions, found = columns.numbers_of(columns.pack(values))
    decoded = [(index, decode_number(value)) for index, value in enumerate(values)]
    expected = [(index, float(value)) for index, value in decoded if type(value) in (int, float)]
    assert positions.tolist() == [index for index, _ in expected]
    assert repr(found.tolist()) == repr([value for _, value in expected])


@given(wire.histories())
def test_a_block_gives_back_its_rows(rows: list[HistoryRecord]) -> None:
    block = block_format.build(rows)
    data = {name: chunk.data for name, chunk in block.chunks.items()}
    restored = list(block_format.restore(block.data, data))
    assert exact([list(row.data.items()) for row in restored]) == exact([list(row.data.items()) for row in rows])
    assert [(row.step, row.time) for row in restored] == [(row.step, row.time) for row in rows]


@given(wire.histories())
def test_a_chunk_s_summary_is_right(rows: list[HistoryRecord]) -> None:
    for chunk in block_format.build(rows).chunks.values():
        steps, values = block_format.numbers(chunk.data)
        real = [(step, value) for step, value in zip(steps.tolist(), values.tolist(), strict=True) if value == value]
        assert chunk.number_count == len(steps)
        assert chunk.minimum == min((value for _, value in real), default=None)
        assert chunk.maximum == max((value for _, value in real), default=None)
        if real:
            assert (chunk.minimum_step, chunk.minimum) in real
            assert (chunk.maximum_step, chunk.maximum) in real
        if len(steps):
            assert (chunk.first_step, chunk.last_step) == (min(steps), max(steps))


def test_ten_noisy_metrics_take_at_most_twelve_bytes_per_point() -> None:
    noise = random.Random(0)
    metrics = [f"metric {number}" for number in range(10)]
    rows = [
        rows_of.record(step, **{name: noise.gauss(0, 1) / math.sqrt(step + 1) for name in metrics})
        for step in range(1000)
    ]
    block = block_format.build(rows)
    assert len(block.data) + sum(len(chunk.data) for chunk in block.chunks.values()) <= 12 * 10_000
