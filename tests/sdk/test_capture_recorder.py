"""Which lines are kept of what a program prints, and the log beside them."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from besom.sdk import spool
from besom.sdk.capture.recorder import TAIL, Lines, Recorder
from besom.sdk.capture.screen import LONGEST


def merged(kept: list[Lines]) -> list[str]:
    """As the server has them: a later line replaces an earlier one of the same number."""
    lines: dict[int, str] = {}
    for line, texts in kept:
        lines.update(enumerate(texts, line))
    return [lines[number] for number in sorted(lines)]


def test_lines_count_from_zero_and_go_on_from_take_to_take(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.feed("one\ntwo\n")
    assert recorder.take() == [(0, ["one", "two"])]
    recorder.feed("three\n")
    assert recorder.close() == [(2, ["three"])]


def test_a_progress_bar_replaces_its_line(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.feed("start\n10%")
    assert recorder.take() == [(0, ["start", "10%"])]
    recorder.feed("\r20%\r30%")
    assert recorder.close() == [(1, ["30%"])]


def test_the_longest_lines_fit_into_records(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    kept = recorder.feed(("\N{BROOM}" * LONGEST + "\n") * 300) + recorder.close()
    assert len(merged(kept)) == 300
    assert max(len(msgspec.json.encode(lines)) for lines in kept) + 1000 < spool.LONGEST_LINE


def test_nothing_is_due_while_nothing_changed(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    assert recorder.due is None
    recorder.feed("text")
    assert recorder.due is not None
    recorder.take()
    recorder.feed("\x1b[0m")
    assert recorder.due is None
    assert recorder.close() == []


def test_a_bar_that_has_moved_for_long_is_kept_less_often(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    recorder.feed("10%")
    assert recorder.due is not None
    assert recorder.due <= time.monotonic() + 1
    recorder.feed(("x" * 1000 + "\n") * 5000)
    recorder.take()
    before = time.monotonic()
    recorder.feed("\r20%")
    assert recorder.due > before + 4


def test_of_more_than_a_run_keeps_the_end_is_there(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path), limit=10_000)
    kept = []
    for number in range(5000):
        kept += recorder.feed(f"line {number}\n")
        if number % 100 == 0:
            kept += recorder.take()
    kept += recorder.close()
    lines = merged(kept)
    assert lines[0] == "line 0"
    assert lines[-TAIL:] == [f"line {number}" for number in range(5000 - TAIL, 5000)]
    assert len(lines) < 3000


def test_a_flood_is_given_out_before_it_fills_the_memory(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))
    kept = recorder.feed("x\n" * 200_000)
    assert sum(len(lines) for _, lines in kept) > 190_000


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["a\n", "bc", "\r", "\n", "\x1b[2A", "\x1b[K", "\x1b[3B", "é\n"]), st.booleans())
    )
)
def test_log_and_kept_lines_say_the_same_however_they_were_taken(tmp_path: Path, steps: list[tuple[str, bool]]) -> None:
    recorder, kept = Recorder(str(tmp_path)), []
    for text, take in steps:
        kept += recorder.feed(text)
        if take:
            kept += recorder.take()
    kept += recorder.close()
    at_once = Recorder(str(tmp_path))
    at_once.feed("".join(text for text, _ in steps))
    lines = {number: text for line, texts in at_once.close() for number, text in enumerate(texts, line)}
    taken = {number: text for line, texts in kept for number, text in enumerate(texts, line)}
    assert {number: text for number, text in taken.items() if text} == {n: text for n, text in lines.items() if text}
    logged = (tmp_path / "output.log").read_text().splitlines()
    assert {number: text for number, text in enumerate(logged) if text} == {n: t for n, t in lines.items() if t}
