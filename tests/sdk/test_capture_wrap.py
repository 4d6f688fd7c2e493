"""Capture of ``sys.stdout`` and ``sys.stderr`` where they are objects without file descriptors."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tqdm import tqdm

from besom.protocol import OutputRecord
from besom.sdk.capture import console
from besom.sdk.capture.printed import Printed
from besom.sdk.capture.recorder import Lines, Recorder
from besom.sdk.capture.recovery import recover
from besom.sdk.capture.wrap import Wrap


@contextlib.contextmanager
def streams() -> Iterator[tuple[io.StringIO, io.TextIOWrapper]]:
    """Not a fixture: pytest puts its own streams in place between a fixture and its test."""
    out, err = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


@pytest.fixture
def captured(tmp_path: Path) -> Callable[[Callable[[], object]], list[OutputRecord]]:
    """Captures what a function prints to such streams."""

    def capture(function: Callable[[], object]) -> list[OutputRecord]:
        records: list[OutputRecord] = []
        with streams():
            capture = Wrap(tmp_path, records.append)
            try:
                function()
            finally:
                capture.stop()
        return records

    return capture


def lines(records: list[OutputRecord]) -> list[str]:
    merged: dict[int, str] = {}
    for record in records:
        merged.update(enumerate(record.lines, record.line))
    return [merged[number] for number in sorted(merged)]


Captured = Callable[[Callable[[], object]], list[OutputRecord]]


def test_prints_loggers_and_bars_are_captured(tmp_path: Path) -> None:
    def train() -> None:
        print("printed")
        logger.warning("logged")
        for _ in tqdm(range(3), file=sys.stderr, ascii=True, mininterval=0):
            pass

    logger = logging.Logger("before")
    logger.addHandler(handler := logging.StreamHandler())
    with streams():
        handler.stream = sys.stderr
        records: list[OutputRecord] = []
        capture = Wrap(tmp_path, records.append)
        train()
        capture.stop()
        print("afterwards")
    found = lines(records)
    assert found[:2] == ["printed", "logged"]
    assert found[2].startswith("100%")
    assert "afterwards" not in found
    assert (tmp_path / "output.log").read_text().splitlines()[:2] == ["printed", "logged"]


def test_what_is_printed_still_goes_where_it_went(tmp_path: Path) -> None:
    with streams() as (out, err):
        capture = Wrap(tmp_path, lambda record: None)
        print("out")
        assert sys.stdout.write("more") == 4
        print("err", file=sys.stderr)
        assert sys.stdout is out
        capture.stop()
        print("after")
    err.flush()
    assert out.getvalue() == "out\nmoreafter\n"
    assert err.buffer.getvalue() == b"err\n"  # type: ignore[attr-defined]


def test_nothing_of_it_is_left_afterwards(tmp_path: Path) -> None:
    with streams() as both:
        Wrap(tmp_path, lambda record: None).stop()
        assert all("write" not in vars(stream) for stream in both)


def test_a_flood_from_many_threads_is_kept_whole(captured: Captured) -> None:
    def flood() -> None:
        threads = [threading.Thread(target=print_much) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def print_much() -> None:
        for _ in range(4000):
            sys.stdout.write("x" * 99 + "\n")

    assert lines(captured(flood)) == ["x" * 99] * 16000


def test_text_that_is_not_unicode_does_no_harm(captured: Captured) -> None:
    assert lines(captured(lambda: sys.stdout.write("half \ud800 pair"))) == ["half ? pair"]


def test_a_forked_worker_keeps_nothing(captured: Captured) -> None:
    def fork() -> None:
        if (child := os.fork()) == 0:
            print("worker")
            os._exit(0)
        os.waitpid(child, 0)
        print("parent")

    assert lines(captured(fork)) == ["parent"]


KILLED = """
    import os, sys, time
    from pathlib import Path
    import msgspec
    from besom.sdk.capture import recorder
    from besom.sdk.capture.wrap import Wrap
    folder = Path(sys.argv[1])
    spool = open(folder / "spool.jsonl", "ab", buffering=0)
    recorder.PAUSE = 0.01
    Wrap(folder, lambda record: spool.write(msgspec.json.encode(record) + b"\\n"))
    print("early")
    print("bar 1", end="")
    while not (folder / "output.log").read_text().endswith("bar 1\\n"):
        time.sleep(0.01)
    time.sleep(0.05)
    recorder.PAUSE = 1000.0
    print("\\rbar 2")
    print("\\x1b[AB")
    sys.stdout.write("late\\n" * 6000)
    print("not ended: \u20ac", end="")
    os.kill(os.getpid(), 9)
"""


def test_a_kill_takes_nothing_that_was_printed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), tmp_path], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    spool = tmp_path / "spool.jsonl"
    for _ in range(2):
        console.recover(tmp_path, spool)
        written = [msgspec.json.decode(line, type=OutputRecord) for line in spool.read_bytes().splitlines()]
        assert lines(written) == ["early", "Bar 2", *["late"] * 6000, "not ended: \u20ac"]
    assert not (tmp_path / "printed").exists()


BROKEN_INTO = """
    import signal, sys
    from pathlib import Path
    from besom.sdk.capture.wrap import Wrap
    lines, records = 0, []

    def handler(number, frame):
        sys.settrace(None)
        print("handler")

    def break_in(frame, event, _):
        global lines
        if frame.f_code.co_name == "set" and frame.f_back.f_code.co_name == "_take":
            lines += event == "line"
            if lines == 2:  # in the middle of it
                signal.raise_signal(signal.SIGTERM)
        return break_in

    signal.signal(signal.SIGTERM, handler)
    capture = Wrap(Path(sys.argv[1]), records.append)
    sys.settrace(break_in)
    sys.stdout.write("program\\n")
    capture.stop()
    print([record.lines for record in records])
"""


def test_a_signal_handler_may_print_while_a_print_wakes_the_thread_that_keeps(tmp_path: Path) -> None:
    program = [sys.executable, "-c", textwrap.dedent(BROKEN_INTO), tmp_path]
    printed = subprocess.run(program, stdout=subprocess.PIPE, check=True, timeout=120).stdout.decode()
    assert printed.splitlines() == ["program", "handler", "[['program', 'handler']]"]


PIECES = st.lists(
    st.sampled_from(["a", "bc\n", "\r", "\x1b[2A", "\x1b[K", "\x1b", "[B", "\u20ac", "x\n" * 210]), max_size=8
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.lists(PIECES, max_size=4), fed=PIECES, waiting=PIECES, limit=st.sampled_from([5, 2**26]))
def test_whenever_it_comes(
    tmp_path: Path, kept: list[list[str]], fed: list[str], waiting: list[str], limit: int
) -> None:
    def note(records: list[Lines]) -> None:
        for line, texts in records:
            found.update(enumerate(texts, line))

    found: dict[int, str] = {}
    recorder, printed = Recorder(str(tmp_path), limit), Printed(tmp_path)
    recorder.tail = deque()  # else of lines beyond the limit those that lie far back are forgotten
    for pieces in kept:
        for piece in pieces:
            printed.add(piece)
        note(recorder.feed(printed.take()) + recorder.take())
        printed.restart(recorder)
    for piece in fed:
        printed.add(piece)
    recorder.feed(printed.take())
    for piece in waiting:
        printed.add(piece)
    spool = tmp_path / "spool.jsonl"
    spool.write_bytes(b"")
    recover(tmp_path, spool)  # it is killed
    left = [msgspec.json.decode(line, type=OutputRecord) for line in spool.read_bytes().splitlines()]
    after_a_kill = found | {record.line + n: text for record in left for n, text in enumerate(record.lines)}
    recorder.feed(printed.take())  # it lives on
    note(recorder.close())
    printed.close()
    assert found == after_a_kill


def test_of_runs_side_by_side_the_first_one_captures(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first: list[OutputRecord] = []
    second: list[OutputRecord] = []
    with streams():
        stop = console.start("auto", tmp_path / "a", first.append)
        assert stop is not None
        assert console.start("auto", tmp_path / "b", second.append) is None
        print("text")
        stop()
        assert lines(first) == ["text"]
        stop = console.start("auto", tmp_path / "b", second.append)
        assert stop is not None
        stop()
    assert second == []


def test_off_captures_nothing(tmp_path: Path) -> None:
    assert console.start("off", tmp_path, lambda record: None) is None
