"""Worker processes: as many as asked for, whatever happens to them, and none without the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from waiting import until

WORKERS = """
import time
from besom.errors import BesomError
from besom.server.workers import Workers

def serve(begun):
    {deed}
    begun()
    time.sleep(1000)

Workers(2, serve).run(lambda: print("begun", flush=True))
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """Runs two workers."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKERS.format(deed="pass")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process
        process.kill()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_worker_that_dies_is_replaced(parent: subprocess.Popen[str]) -> None:
    first, second = workers_of(parent)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(workers_of(parent)) == 2 and first not in workers_of(parent))
    assert second in workers_of(parent)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_together(parent: subprocess.Popen[str], number: signal.Signals) -> None:
    workers = workers_of(parent)
    parent.send_signal(number)
    assert parent.wait(60) == 0
    assert not any(lives(pid) for pid in workers)


def test_one_that_is_about_to_be_replaced_is_not_when_all_end(parent: subprocess.Popen[str]) -> None:
    for pid in workers_of(parent):
        os.kill(pid, signal.SIGKILL)
    parent.terminate()
    assert parent.wait(60) == 0


def test_none_outlives_the_process_that_started_it(parent: subprocess.Popen[str]) -> None:
    workers = workers_of(parent)
    parent.kill()
    until(lambda: not any(lives(pid) for pid in workers))


def test_what_keeps_the_first_from_serving_is_said_once_and_nothing_begins() -> None:
    wrong = WORKERS.format(deed="raise BesomError('s3://wrong cannot be used.', 'Check the bucket.')")
    found = subprocess.run([sys.executable, "-c", wrong], capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.splitlines() == [
        "besom: s3://wrong cannot be used.",
        "Check the bucket.",
        "The first worker ended with 1 before it served, so this server ends.",
    ]


def test_one_that_cannot_be_reached_yet_ends_with_the_others() -> None:
    slow = WORKERS.format(deed='print("slow", flush=True); time.sleep(1000)')
    with subprocess.Popen([sys.executable, "-c", slow], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "slow\n"
        workers = workers_of(process)
        process.terminate()
        assert process.wait(60) == 0
        assert not any(lives(pid) for pid in workers)
        assert process.stdout.read() == "", "it never served"
