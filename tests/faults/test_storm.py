"""Whatever breaks, every logged value arrives once, and every point of a grid has its one run."""

import subprocess
import sys
from pathlib import Path

import machines
import pytest
import storm
from run_checker import PREEMPTED
from storms import small

SCRIPT = Path(storm.__file__)


def test_in_a_storm_of_every_kind_of_fault_no_promise_is_broken(tmp_path: Path) -> None:
    asked = small(seed=4)
    report = storm.rage(asked, tmp_path)
    assert not report.verdict.faults, f"{report}\nThe same storm again: {asked.command}"
    assert report.verdict.values > 6.25 * asked.points, report
    assert not report.missed, report
    assert report.verdict.seen["runs failed"], report
    assert report.verdict.seen[PREEMPTED], report
    assert report.verdict.seen["files in backups"], report


@pytest.mark.postgresql
def test_nor_do_three_servers_on_one_database_each_on_a_machine_whose_cable_is_pulled() -> None:
    """Where nobody may make such machines, all of them are on this one."""
    arguments = ["--small", "--replicas", "3", "--seed", "1", "--seconds", "0"]
    there = machines.apart(SCRIPT, [*arguments, "--machines"])
    command = there if machines.available() else [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
