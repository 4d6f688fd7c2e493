"""Capture at the level of file descriptors, of real programs."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from besom.protocol import OutputRecord
from besom.sdk.capture import recovery, tee

BEGIN = """
import contextlib, ctypes, json, os, signal, subprocess, sys, threading, time
from pathlib import Path
from besom.errors import BesomError
from besom.sdk.capture.redirect import Redirect
folder, records = Path(sys.argv[1]), []
def write(record):
    if (folder / "full").exists():
        (folder / "refused").touch()
        raise BesomError("No space is left.")
    records.append(record)
    with open(folder / "seen.jsonl", "a") as file:
        print(json.dumps([record.line, record.lines]), file=file)
def processes():  # with the folder in their command lines; others may end while they are looked at
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\\0")
            if os.fsencode(folder) in words:
                yield int(name), words
capture = Redirect(folder, write)
"""


def run(code: str, tmp_path: Path, **streams: Any) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "train.py"
    script.write_text(BEGIN + textwrap.dedent(code))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([sys.executable, script, tmp_path], check=False, text=True, timeout=120, **streams)


def captured(folder: Path) -> list[str]:
    lines: dict[int, str] = {}
    for record in (folder / "seen.jsonl").read_text().splitlines():
        first, texts = json.loads(record)
        lines.update(enumerate(texts, first))
    return [lines[number] for number in sorted(lines)]


def on_terminal(code: str, tmp_path: Path, size: tuple[int, int] = (30, 99)) -> str:
    """Runs a program on a terminal; returns what that showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", *size, 0, 0))
    script = tmp_path / "train.py"
    script.write_text(BEGIN + textwrap.dedent(code))
    process = subprocess.Popen([sys.executable, script, tmp_path], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:  # the last one has closed it
            break
        shown += data
    os.close(ours)
    assert process.wait(120) == 0
    return shown.decode().replace("\r\n", "\n")


def test_prints_of_python_of_c_code_and_of_subprocesses_are_captured(tmp_path: Path) -> None:
    done = run(
        """
        print("python")
        ctypes.CDLL(None).puts(b"c code")
        capture_flush = ctypes.CDLL(None).fflush(None)
        sys.stdout.flush()
        subprocess.run(["echo", "subprocess"])
        capture.stop()
        print("afterwards")
        """,
        tmp_path,
    )
    assert sorted(done.stdout.splitlines()) == ["afterwards", "c code", "python", "subprocess"]
    assert sorted(captured(tmp_path)) == ["c code", "python", "subprocess"]
    assert sorted((tmp_path / "output.log").read_text().split("\n")[:-1]) == ["c code", "python", "subprocess"]


def test_what_c_code_has_in_its_buffer_at_the_end_is_captured(tmp_path: Path) -> None:
    done = run("ctypes.CDLL(None).puts(b'from c'); capture.stop()", tmp_path)
    assert done.stdout == "from c\n"
    assert captured(tmp_path) == ["from c"]


def test_standard_output_and_error_go_where_they_went(tmp_path: Path) -> None:
    done = run("print('out'); print('err', file=sys.stderr); capture.stop()", tmp_path)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")
    assert sorted(captured(tmp_path)) == ["err", "out"]


def test_streams_that_go_to_one_place_keep_their_order(tmp_path: Path) -> None:
    code = """
        for number in range(50):
            os.write(1 + number % 2, b"%d\\n" % number)
        capture.stop()
        """
    done = run(code, tmp_path, stderr=subprocess.STDOUT)
    assert done.stdout.split() == captured(tmp_path) == [str(number) for number in range(50)]


def test_a_program_on_a_terminal_still_sees_a_terminal_of_that_size(tmp_path: Path) -> None:
    shown = on_terminal("print(os.isatty(1), os.isatty(2), os.get_terminal_size().columns); capture.stop()", tmp_path)
    assert shown == "True True 99\n"
    assert captured(tmp_path) == ["True True 99"]


def test_the_terminal_shows_every_byte_and_the_run_keeps_what_it_shows(tmp_path: Path) -> None:
    code = "print('10%', end=''); print('\\r\\x1b[32m20%\\x1b[0m'); print('end', file=sys.stderr); capture.stop()"
    assert on_terminal(code, tmp_path) == "10%\r\x1b[32m20%\x1b[0m\nend\n"
    assert captured(tmp_path) == ["20%", "end"]


def test_a_window_that_changes_its_size_is_noticed_by_the_program(tmp_path: Path) -> None:
    code = """
        import fcntl, struct, termios
        before = os.get_terminal_size().columns
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", 20, 55, 0, 0))
        until = time.monotonic() + 30
        while os.get_terminal_size(1).columns == before and time.monotonic() < until:
            print("tick", flush=True)
            time.sleep(0.02)
        print("now", os.get_terminal_size(1).columns)
        capture.stop()
        """
    assert on_terminal(code, tmp_path).splitlines()[-1] == "now 55"


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "ctypes.string_at(0)"])
def test_a_program_that_dies_loses_nothing(tmp_path: Path, end: str) -> None:
    done = run(f"sys.stdout.write('last words\\n' * 2000); sys.stdout.flush(); {end}", tmp_path)
    assert done.stdout == "last words\n" * 2000
    seen = captured(tmp_path) if (tmp_path / "seen.jsonl").exists() else []
    spool = tmp_path / "spool.jsonl"
    spool.write_bytes(b"")
    recovery.recover(tmp_path, spool)
    recovered = [line for record in outputs(spool) for line in record.lines]
    assert (seen + recovered)[-2000:] == ["last words"] * 2000


def outputs(spool: Path) -> list[OutputRecord]:
    return [
        msgspec.json.decode(line, type=OutputRecord) for line in spool.read_bytes().splitlines() if b"output" in line
    ]


def keep_words(folder: Path, count: int) -> None:
    kept = [{"type": "output", "line": line, "lines": [f"word {line}"], "time": 1.0} for line in range(count)]
    (folder / "console.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept) + '{"torn')


def test_last_words_come_after_those_in_the_spool_and_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    keep_words(tmp_path, 3)
    spool = tmp_path / "spool.jsonl"
    spool.write_bytes(b'{"type":"output","line":0,"lines":["word 0"],"time":1.0}\n{"type":"history","st')
    recovery.recover(tmp_path, spool)
    recovery.recover(tmp_path, spool)
    assert [record.lines for record in outputs(spool)] == [["word 0"], ["word 1"], ["word 2"]]


def test_nothing_comes_after_the_end_of_a_run(tmp_path: Path) -> None:
    keep_words(tmp_path, 1)
    spool = tmp_path / "spool.jsonl"
    spool.write_bytes(b'{"type":"exit","code":0,"time":1.0}\n')
    recovery.recover(tmp_path, spool)
    assert outputs(spool) == []


def test_a_run_that_prints_nothing_does_not_wait(tmp_path: Path) -> None:
    done = run("capture.stop(); print(records, sorted(os.listdir(folder)))", tmp_path)
    assert done.stdout.startswith("[]")


def test_a_child_that_outlives_the_run_holds_nothing_up_and_still_prints(tmp_path: Path) -> None:
    done = run(
        """
        code = "import sys; sys.stdin.read(); print('child')"
        child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
        print("parent")
        capture.stop()
        print("stopped", flush=True)
        child.communicate()
        """,
        tmp_path,
    )
    assert done.stdout.splitlines() == ["parent", "stopped", "child"]
    assert captured(tmp_path) == ["parent"]


def test_code_that_prints_while_it_holds_pythons_lock_cannot_hang(tmp_path: Path) -> None:
    code = """
        libc = ctypes.PyDLL(None)  # keeps the lock during the call
        text = b"x" * 99 + b"\\n"
        for _ in range(3000):
            libc.write(1, text, 100)
        capture.stop()
        """
    assert len(run(code, tmp_path).stdout) == 300_000
    assert len(captured(tmp_path)) == 3000


def test_a_program_that_is_stopped_at_its_end_loses_no_last_words(tmp_path: Path) -> None:
    run(
        """
        import besom.sdk.capture.redirect as redirect
        redirect.FINISH_SECONDS = 3.0
        (between,) = (pid for pid, words in processes() if pid != os.getpid())
        os.kill(between, signal.SIGSTOP)
        print("last words", flush=True)
        ours = os.getpid()
        later = f"sleep 0.5; kill -STOP {ours}; sleep 3; kill -CONT {ours}; sleep 0.2; kill -CONT {between}"
        helper = subprocess.Popen(["sh", "-c", later], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        capture.stop()
        (folder / "kept").write_text(str(len(records)))
        helper.wait()
        """,
        tmp_path,
    )
    assert (tmp_path / "kept").read_text() == "1"


def test_forked_workers_are_captured_too(tmp_path: Path) -> None:
    code = """
        if os.fork() == 0:
            print("worker", flush=True)
            os._exit(0)
        os.wait()
        capture.stop()
        """
    run(code, tmp_path)
    assert captured(tmp_path) == ["worker"]


def test_the_program_finds_no_child_that_it_did_not_start(tmp_path: Path) -> None:
    code = """
        time.sleep(0.3)
        try:
            print(os.wait())
        except ChildProcessError:
            print("none")
        capture.stop()
        """
    assert run(code, tmp_path).stdout == "none\n"


def test_a_signal_to_all_of_a_job_does_not_lose_what_is_printed_after_it(tmp_path: Path) -> None:
    code = """
        signal.signal(signal.SIGTERM, lambda *_: None)
        print("before", flush=True)
        while not (folder / "output.log").exists() or not (folder / "output.log").stat().st_size:
            time.sleep(0.01)
        for number, _ in processes():
            os.kill(number, signal.SIGTERM)
        print("after")
        capture.stop()
        """
    assert run(code, tmp_path).stdout == "before\nafter\n"
    assert captured(tmp_path) == ["before", "after"]


def test_without_the_process_between_the_program_prints_as_if_nothing_were(tmp_path: Path) -> None:
    code = """
        print("before", flush=True)
        while not (folder / "output.log").exists() or not (folder / "output.log").stat().st_size:
            time.sleep(0.01)
        for number, words in processes():
            if any(b"capture.tee" in word for word in words):
                os.kill(number, signal.SIGKILL)
        while capture._saved:
            time.sleep(0.01)
        print("after")
        capture.stop()
        """
    assert run(code, tmp_path).stdout == "before\nafter\n"


def test_a_reader_that_has_gone_ends_the_program_as_ever(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(BEGIN + "\nwhile True:\n    print('y')\n")
    command = f"{sys.executable} {script} {tmp_path} | head -n 1"
    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True, timeout=120)
    assert done.stdout == "y\n"
    assert "BrokenPipeError" in done.stderr


def test_what_nobody_reads_any_more_is_kept_for_the_run(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run("print('kept', flush=True)\ncapture.stop()", tmp_path, stdout=writing)
    os.close(writing)
    assert captured(tmp_path) == ["kept"]


def test_all_that_a_pipe_holds_when_its_reader_goes_is_kept() -> None:
    (gone, target), (source, sink) = os.pipe(), os.pipe()
    os.close(gone)
    fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, 2**18)
    os.write(sink, b"x" * 200_000)  # more than is read at once
    channel = tee.Channel(source, target)
    assert (len(channel.read()), channel.is_over) == (200_000, True)
    for end in (target, sink):
        os.close(end)


def test_what_was_printed_while_the_disk_was_full_is_kept_when_there_is_room(tmp_path: Path) -> None:
    run(
        """
        (folder / "full").touch()
        print("one", flush=True)
        while not (folder / "refused").exists():
            time.sleep(0.01)
        (folder / "full").unlink()
        print("two", flush=True)
        capture.stop()
        """,
        tmp_path,
    )
    assert captured(tmp_path) == ["one", "two"]


def test_lines_are_kept_while_the_program_goes_on(tmp_path: Path, until: Callable[..., Any]) -> None:
    script = tmp_path / "train.py"
    script.write_text(BEGIN + "\nprint('working', flush=True)\ntime.sleep(60)\n")
    process = subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.DEVNULL)
    until(lambda: (tmp_path / "seen.jsonl").exists() and captured(tmp_path) == ["working"])
    process.send_signal(signal.SIGKILL)
    process.wait()
