"""`besom launch slurm` on a real cluster."""

import re

import pytest
from launch_contract import PROGRAM, SLOW_PROGRAM, Contract, until
from slurm_person import Person


@pytest.mark.timeout(400)  # waits for conditions of its own, each with its patience
def test_agents_are_tasks_of_an_array_and_come_back_when_their_time_is_over(site):
    person = Person(site)
    options = ["--agents=2", "--gpus=1", "--cpus=1", person.server]
    (site.folder / "enough").unlink(missing_ok=True)
    # Whoever stops a launch whose time is nearly over does not find it in the queue again.
    contract = Contract(person, ["slurm"], options, ["--partition=low"], SLOW_PROGRAM)
    launch = contract.launched()
    job = launch["handle"]["job"]
    warn(site, f"{job}_1")
    until((site.folder / "told").exists, "the warning")
    contract.can_be_stopped_at_work(launch["id"])
    assert site.slurm.states(job) == ["CANCELLED"] * 2
    site.write("train.py", PROGRAM)

    launch = contract.launched()
    job = launch["handle"]["job"]
    assert "BESOM_API_KEY" not in site.sandbox.run("scontrol", "write", "batch_script", f"{job}_1", "-")
    warn(site, f"{job}_1")
    until(lambda: "preempted" in person.runs(contract.path), "the end of a program")
    site.slurm.wait(f"{job}_1", "PENDING")
    assert re.search(r"waiting +- +PENDING", person.says("launch", "status", launch["id"]))
    site.slurm.start_again(f"{job}_1")
    contract.works()
    contract.ends_with_the_sweep(launch["id"])
    assert site.slurm.states(job) == ["COMPLETED"] * 2


def warn(site, task):
    """As ``--signal`` does when time is nearly over."""
    site.sandbox.run("scancel", "--signal=USR1", "--batch", task)
