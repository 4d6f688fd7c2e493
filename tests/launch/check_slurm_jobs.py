"""Launched jobs on a real Slurm that end after one run each, or when their time is over, which it counts in minutes:
`make launch-checks`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("", "cli", "slurm")]
from launch_contract import FIVE, ONE_RUN_EACH, SLOW_PROGRAM, Contract  # noqa: E402
from sandbox import missing  # noqa: E402
from slurm_person import Person  # noqa: E402
from slurm_site import Site, open_site  # noqa: E402

from waiting import until  # noqa: E402


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if reason := missing("slurmctld", "slurmd", "sbatch"):
        pytest.fail(reason)
    with open_site(tmp_path, ["besom", "server"], "KillWait=60\n") as opened:
        yield opened


@pytest.mark.timeout(600)
def test_jobs_of_one_run_each_take_turns_and_leave_the_rest_of_the_sweep(site):
    person = Person(site)
    contract = Contract(person, ["slurm"], [*ONE_RUN_EACH, person.server], ["--partition=low"], sweep=FIVE)
    contract.makes_one_run_per_job()


@pytest.mark.timeout(600)
def test_tasks_whose_time_is_over_save_and_come_back_by_themselves_also_if_the_warning_was_too_short(site):
    person = Person(site)
    # Slurm warns up to a minute earlier than it is told to.
    extra = ["--partition=low", "--signal=B:USR1@60"]
    contract = Contract(person, ["slurm"], ["--agents=2", "--time=2:00", person.server], extra, SLOW_PROGRAM)
    launch = contract.launched()
    job = launch["handle"]["job"]
    until(lambda: person.runs(contract.path) == ["preempted"] * 2, "Slurm's warning, and the end", 240)
    for task in (f"{job}_1", f"{job}_2"):
        site.slurm.wait(task, "PENDING")
        site.sandbox.run("scontrol", "update", f"jobid={task}", "TimeLimit=60")  # enough, this time
        site.slurm.start_again(task)
    contract.works()
    assert [site.slurm.detail(f"{job}_{task}", "Restarts") for task in ("1", "2")] == ["1", "1"]
    contract.ends_with_the_sweep(launch["id"])
    assert site.slurm.states(job) == ["COMPLETED"] * 2
