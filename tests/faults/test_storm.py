"""Whatever breaks, every logged value arrives once, and every point of a grid has its one run."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import machines
import pytest
import storm

from waiting import until

SCRIPT = Path(storm.__file__)
LEAVING = """
import os, subprocess, sys, time
from disks import disk
with disk(__import__("pathlib").Path(sys.argv[1]), 1):
    subprocess.Popen(["sleep", "infinity"], start_new_session=True)
    print("begun", flush=True)
    time.sleep(600)
"""


def weather(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A small storm, which ends when these tests are killed."""
    words = [sys.executable, str(SCRIPT), "--small", "--seconds", "0", *arguments]
    return subprocess.run([*DIES_WITH_THIS, *words], capture_output=True, text=True, check=False)


DIES_WITH_THIS = ("setpriv", "--pdeathsig=KILL") if machines.available() else ()


def test_in_a_storm_of_every_kind_of_fault_no_promise_is_broken() -> None:
    done = weather("--seed", "4")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.postgresql
def test_nor_do_three_servers_on_one_database_each_on_a_machine_whose_cable_is_pulled() -> None:
    """Where nobody may make such machines, all of them are on this one."""
    done = weather("--replicas", "3", "--seed", "1", *(["--machines"] if machines.available() else []))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not machines.available(), reason="nobody may make namespaces here")
def test_a_storm_that_is_killed_leaves_no_process_and_no_disk(tmp_path: Path) -> None:
    script = tmp_path / "leaving.py"
    script.write_text(LEAVING)
    place = tmp_path / "disk"
    with subprocess.Popen(
        machines.apart(script, [str(place)]),
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parent), "LEAVING": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        assert len(living(tmp_path)) > 2
        process.kill()
    until(lambda: not living(tmp_path), "the end of what it had started")
    assert not os.path.ismount(place)


def living(mark: Path) -> list[str]:
    """Processes whose environment holds the mark."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"LEAVING={mark}".encode() in place.read_bytes():
                found.append(place.parent.name)
    return found
