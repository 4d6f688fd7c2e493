"""History: what was logged is what is read, compacted or not, on both databases."""

from __future__ import annotations

import asyncio
import itertools
import math
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import rows_of
import wire
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import IntegrityError
from test_columns import exact

from besom.protocol import Curve, HistoryRecord, decode_number
from besom.server.store import Store, block_format, compaction, history, segments
from besom.server.store.block_format import metric_name
from besom.server.store.curves import EVERY_STEP, TIMES, Steps
from besom.server.store.key_counts import key_counts
from besom.server.store.tables import blocks, chunks, runs
from besom.server.store.tables import segments as segments_table

# Each example makes a run of its own, so a store may serve them all.
many_runs = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
cuts = st.lists(st.integers(0, 25), max_size=5)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Many blocks in a short history."""
    monkeypatch.setattr(compaction, "LARGEST_BLOCK_ROWS", 7)
    return


def pieces(rows: list[HistoryRecord], at: list[int]) -> list[tuple[int, list[HistoryRecord]]]:
    """The history in stream requests, with the number of the first row of each."""
    edges = sorted({0, len(rows), *(cut for cut in at if cut < len(rows))})
    return [(start, rows[start:end]) for start, end in itertools.pairwise(edges)]


def logged(store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int) -> int:
    """Key of a new run with that history, compacted when ``compact_after`` pieces had come."""

    def work(conn: Connection) -> int:
        run_key = rows_of.run(conn)
        for number, (first_row, piece) in enumerate(pieces(rows, at), 1):
            history.append(conn, run_key, first_row, piece)
            if number == compact_after:
                compaction.compact(conn, run_key)
        return run_key

    return store.write_sync(work)


def all_rows(store: Store, run_key: int) -> list[dict[str, Any]]:
    return store.read_sync(lambda conn: history.rows(conn, run_key, 0, 10**6)).rows


def curve(store: Store, run_key: int, key: str, points: int, steps: Steps = EVERY_STEP) -> Curve:
    return store.read_sync(lambda conn: history.curves(conn, {run_key: "r"}, [key], points, steps))[0]


def numbers(rows: list[HistoryRecord], key: str) -> list[tuple[int, float]]:
    found = [(row.step, decode_number(row.data[key])) for row in rows if key in row.data]
    return [(step, float(value)) for step, value in found if type(value) in (int, float)]


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6))
def test_rows_are_read_as_they_were_logged_wherever_compaction_cut(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int
) -> None:
    found = all_rows(store, logged(store, rows, at, compact_after))
    assert exact([list(row.items()) for row in found]) == exact([list(row.items()) for row in wire.as_rows(rows)])


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6), st.integers(1, 9))
def test_pages_make_up_the_whole(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int, limit: int
) -> None:
    run_key = logged(store, rows, at, compact_after)
    found: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None:
        page = store.read_sync(lambda conn, start=start: history.rows(conn, run_key, start, limit))
        assert len(page.rows) == limit or page.next_row is None
        found += page.rows
        start = page.next_row
    assert found == wire.as_rows(rows)


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6), st.sets(wire.keys, max_size=3))
def test_chosen_keys_leave_out_all_else(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int, keys: set[str]
) -> None:
    run_key = logged(store, rows, at, compact_after)
    page = store.read_sync(lambda conn: history.rows(conn, run_key, 0, 100, list(keys)))
    thinned = [
        HistoryRecord(step=row.step, time=row.time, data={k: v for k, v in row.data.items() if k in keys})
        for row in rows
    ]
    assert page.rows == wire.as_rows([row for row in thinned if row.data])


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6), st.integers(-5, 30), st.integers(0, 30))
def test_a_range_of_steps_has_its_rows_whatever_pieces_they_lie_in(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int, low: int, width: int
) -> None:
    run_key = logged(store, rows, at, compact_after)
    for first, last in ((low, low + width), (low, None), (None, low)):
        found = store.read_sync(lambda conn, ends=(first, last): list(history.between(conn, run_key, *ends)))
        assert found == wire.as_rows(
            [row for row in rows if (first is None or row.step >= first) and (last is None or row.step <= last)]
        )


def test_a_range_of_steps_opens_no_block_that_is_known_to_lie_outside(small_blocks: None, store: Store) -> None:
    rows = [HistoryRecord(step=step, time=5.0, data={"at": str(step), "loss": step / 2}) for step in range(30)]
    run_key = logged(store, rows, [], 1)

    def spoil(conn: Connection) -> int:
        others = (blocks.c.run_key == run_key) & ~blocks.c.first_row.in_([7, 14])
        return conn.execute(update(blocks).where(others).values(data=b"never read")).rowcount

    assert store.write_sync(spoil) == 3
    found = store.read_sync(lambda conn: list(history.between(conn, run_key, 9, 15)))
    assert found == wire.as_rows(rows[9:16])


def test_a_range_of_steps_has_rows_without_the_numbers_of_their_neighbours(store: Store) -> None:
    rows = [HistoryRecord(step=step, time=5.0, data={"n": step} if step < 5 else {"t": "x"}) for step in range(9)]
    run_key = logged(store, rows, [], 1)
    assert store.read_sync(lambda conn: list(history.between(conn, run_key, 6, 8))) == wire.as_rows(rows[6:])


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6))
def test_keys_are_counted_with_their_numbers_and_the_highest_step(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int
) -> None:
    run_key = logged(store, rows, at, compact_after)
    counted = store.read_sync(lambda conn: key_counts(conn, [run_key])).get(run_key)
    assert (counted is None) == (not rows)
    if counted is not None:
        assert (counted.rows, counted.last_step) == (len(rows), max(row.step for row in rows))
        names = {key for row in rows for key in row.data}
        assert counted.numbers == {metric_name(key): len(numbers(rows, key)) for key in names}


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6))
def test_values_and_whole_curves_hold_every_number(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int
) -> None:
    run_key = logged(store, rows, at, compact_after)
    for key in {key for row in rows for key in row.data}:
        expected = numbers(rows, key)
        values = store.read_sync(lambda conn, key=key: history.values(conn, run_key, key))
        assert repr(values) == repr([value for _, value in expected])
        whole = curve(store, run_key, key, 1000)
        found = list(zip(whole.steps, map(decode_number, whole.values), strict=True))
        assert sorted(map(repr, found)) == sorted(map(repr, expected))
        assert whole.total == len(expected)


@many_runs
@given(wire.histories(), cuts, st.integers(0, 6))
def test_the_time_of_every_row_is_a_curve_too(
    small_blocks: None, store: Store, rows: list[HistoryRecord], at: list[int], compact_after: int
) -> None:
    whole = curve(store, logged(store, rows, at, compact_after), "_timestamp", 1000)
    assert sorted(zip(whole.steps, whole.values, strict=True)) == sorted((row.step, row.time) for row in rows)
    assert whole.total == len(rows)


def test_times_of_many_runs_are_held_for_one_run_at_a_time(
    small_blocks: None, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [HistoryRecord(step=step, time=float(step), data={"loss": 1.0}) for step in range(30)]
    run_keys = {logged(store, rows, [25], 1): f"r{number}" for number in range(4)}
    held = [0]
    most = 0
    unpack = block_format.times

    def counted(data: bytes) -> Any:
        nonlocal most
        steps, times = unpack(data)
        held[0] += 1
        most = max(most, held[0])
        weakref.finalize(times, lambda: held.__setitem__(0, held[0] - 1))
        return steps, times

    monkeypatch.setattr(block_format, "times", counted)
    found = store.read_sync(lambda conn: history.curves(conn, run_keys, ["_timestamp"], 10))
    assert [(curve.total, curve.values[0], curve.values[-1]) for curve in found] == [(30, 0.0, 29.0)] * 4
    blocks_of_a_run = math.ceil(25 / compaction.LARGEST_BLOCK_ROWS)
    assert blocks_of_a_run <= most <= blocks_of_a_run + 1


@many_runs
@given(
    st.lists(st.floats(-9, 9) | wire.non_finite, min_size=1, max_size=120),
    st.integers(1, 1000),
    cuts,
    st.integers(0, 6),
    st.integers(4, 30),
)
@example(values=[0.0] * 14 + ["NaN"], stride=1, at=[], compact_after=1, points=4)
def test_a_thinned_curve_never_loses_the_extremes(
    small_blocks: None, store: Store, values: list[Any], stride: int, at: list[int], compact_after: int, points: int
) -> None:
    rows = [rows_of.record(index * stride, loss=value) for index, value in enumerate(values)]
    thin = curve(store, logged(store, rows, at, compact_after), "loss", points)
    raw = curve(store, logged(store, rows, at, 0), "loss", points)
    assert (thin.steps, thin.values) == (raw.steps, raw.values)
    assert len(thin.steps) <= points
    real = [value for _, value in numbers(rows, "loss") if not math.isnan(value)]
    shown = [value for value in map(decode_number, thin.values) if value == value]
    assert (min(shown, default=None), max(shown, default=None)) == (min(real, default=None), max(real, default=None))
    assert (thin.steps[0], thin.steps[-1]) == (rows[0].step, rows[-1].step)


@many_runs
@given(
    st.lists(st.floats(-9, 9), min_size=1, max_size=60, unique=True),
    cuts,
    st.integers(0, 6),
    st.integers(4, 30),
    st.integers(-5, 60),
    st.integers(0, 60),
)
def test_the_curve_of_a_range_is_that_of_a_run_which_logged_nothing_else(
    small_blocks: None,
    store: Store,
    values: list[float],
    at: list[int],
    compact_after: int,
    points: int,
    first: int,
    width: int,
) -> None:
    rows = [rows_of.record(step, loss=value) for step, value in enumerate(values)]
    whole, part = (
        logged(store, rows, at, compact_after),
        logged(store, rows[max(0, first) : max(0, first + width)], at, 0),
    )
    for key in ("loss", TIMES):
        found = curve(store, whole, key, points, (first, first + width - 1))
        assert found == curve(store, part, key, points)


def test_curves_of_many_runs_come_in_the_order_asked_for(store: Store) -> None:
    rows = [rows_of.record(step, loss=1 / (step + 1), acc=float(step)) for step in range(10)]
    first, second, empty = (logged(store, rows, [5], 1), logged(store, rows, [], 0), logged(store, [], [], 0))
    ids = {second: "b", first: "a", empty: "c"}
    found = store.read_sync(lambda conn: history.curves(conn, ids, ["acc", "loss"], 100))
    assert [(one.key, one.run_id, one.total) for one in found] == [
        *(("acc", "b", 10), ("acc", "a", 10), ("acc", "c", 0)),
        *(("loss", "b", 10), ("loss", "a", 10), ("loss", "c", 0)),
    ]
    assert found[0].values == found[1].values == [float(step) for step in range(10)]


def test_the_same_rows_cannot_be_stored_twice(store: Store) -> None:
    run_key = logged(store, [rows_of.record(0, loss=1.0)], [], 0)
    with pytest.raises(IntegrityError):
        store.write_sync(lambda conn: history.append(conn, run_key, 0, [rows_of.record(0, loss=1.0)]))


def test_compacting_again_changes_nothing(store: Store) -> None:
    run_key = logged(store, [rows_of.record(step, loss=1.0) for step in range(20)], [7], 2)
    stored = (rows_of.count(store, blocks), rows_of.count(store, chunks))
    store.write_sync(lambda conn: compaction.compact(conn, run_key))
    assert (rows_of.count(store, blocks), rows_of.count(store, chunks)) == stored == (1, 1)
    assert rows_of.count(store, segments_table) == 0


def test_a_compaction_that_comes_too_late_changes_nothing(store: Store) -> None:
    rows = [rows_of.record(step, loss=float(step)) for step in range(20)]
    run_key = logged(store, rows, [7], 0)
    late = store.read_sync(lambda conn: compaction.prepare(conn, run_key))
    assert late is not None
    store.write_sync(lambda conn: compaction.compact(conn, run_key))
    assert store.write_sync(lambda conn: compaction.apply(conn, late)) is False
    assert all_rows(store, run_key) == wire.as_rows(rows)


def test_rows_that_come_while_a_compaction_is_prepared_are_kept(store: Store) -> None:
    rows = [rows_of.record(step, loss=float(step)) for step in range(20)]
    run_key = logged(store, rows[:15], [7], 0)
    prepared = store.read_sync(lambda conn: compaction.prepare(conn, run_key))
    assert prepared is not None
    store.write_sync(lambda conn: history.append(conn, run_key, 15, rows[15:]))
    assert store.write_sync(lambda conn: compaction.apply(conn, prepared)) is True
    assert all_rows(store, run_key) == wire.as_rows(rows)


def test_the_background_task_compacts_who_ended_or_wrote_much_and_nobody_else(store: Store) -> None:
    one_row = [rows_of.record(0, loss=1.0)]
    ended, quiet = logged(store, one_row, [], 0), logged(store, one_row, [], 0)
    rows = [rows_of.record(step, loss=1.0) for step in range(compaction.SEGMENTS_WORTH_IT)]
    chatty = logged(store, rows, list(range(len(rows))), 0)
    heavy = logged(store, [rows_of.record(step, loss=1.0) for step in range(compaction.ROWS_WORTH_IT)], [], 0)
    store.write_sync(lambda conn: rows_of.end(conn, ended))
    found = store.read_sync(lambda conn: compaction.candidates(conn, 10))
    assert found[0] == chatty
    assert set(found) == {ended, chatty, heavy}
    done = [asyncio.run(compaction.compact_some(store, 2)) for _ in range(3)]
    assert done == [2, 1, 0]
    waiting = store.read_sync(lambda conn: segments.pending(conn, [ended, quiet, chatty, heavy]))
    assert {segment.run_key for segment in waiting} == {quiet}


def test_a_history_that_cannot_be_read_keeps_no_other_from_being_packed(store: Store) -> None:
    rows = [rows_of.record(0, loss=1.0, seed=2**70)]
    first, damaged, last = (logged(store, rows, [], 0) for _ in range(3))
    for key in (first, damaged, last):
        store.write_sync(lambda conn, key=key: rows_of.end(conn, key))
    segment = update(segments_table).where(segments_table.c.run_key == damaged)
    store.write_sync(lambda conn: conn.execute(segment.values(data=b"nothing of ours")))
    assert asyncio.run(compaction.compact_some(store, 3)) == 2
    waiting = store.read_sync(lambda conn: segments.pending(conn, [first, damaged, last]))
    assert {segment.run_key for segment in waiting} == {damaged}


def test_small_blocks_grow_together(store: Store) -> None:
    rows = [rows_of.record(step, loss=1.0) for step in range(50)]

    def work(conn: Connection) -> int:
        run_key = rows_of.run(conn)
        for first_row in range(0, 50, 10):
            history.append(conn, run_key, first_row, rows[first_row : first_row + 10])
            compaction.compact(conn, run_key)
        return run_key

    assert all_rows(store, store.write_sync(work)) == wire.as_rows(rows)
    assert rows_of.count(store, blocks) == 1


def test_a_long_backlog_is_compacted_in_several_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "ROWS_AT_ONCE", 8)
    rows = [rows_of.record(step, loss=float(step)) for step in range(60)]
    run_key = logged(store, rows, list(range(0, 60, 5)), 0)
    store.write_sync(lambda conn: compaction.compact(conn, run_key))
    assert rows_of.count(store, segments_table) == 0
    assert all_rows(store, run_key) == wire.as_rows(rows)


@pytest.mark.parametrize("how", ["drop", "delete the run"])
def test_a_run_s_history_can_be_forgotten(store: Store, how: str) -> None:
    rows = [rows_of.record(step, loss=1.0) for step in range(20)]
    run_key = logged(store, rows, [7], 1)

    def forget(conn: Connection) -> None:
        if how == "drop":
            history.drop(conn, run_key)
        else:
            conn.execute(delete(runs).where(runs.c.key == run_key))

    store.write_sync(forget)
    assert [rows_of.count(store, table) for table in (segments_table, blocks, chunks)] == [0, 0, 0]
