"""`besom launch slurm` on a real cluster."""

import re

import pytest
from launch_contract import Contract, until
from slurm_person import Person


@pytest.mark.timeout(400)  # waits for conditions of its own, each with its patience
def test_agents_are_tasks_of_an_array_and_come_back_when_their_time_is_over(site):
    person = Person(site)
    options = ["--agents=2", "--gpus=1", "--cpus=1", person.server]
    (site.folder / "enough").unlink(missing_ok=True)
    contract = Contract(person, ["slurm"], options, ["--partition=low"])
    contract.can_be_stopped_at_work(contract.launched()["id"])

    launch = contract.launched()
    job = launch["handle"]["job"]
    assert "BESOM_API_KEY" not in site.sandbox.run("scontrol", "write", "batch_script", f"{job}_1", "-")
    site.sandbox.run("scancel", "--signal=USR1", "--batch", f"{job}_1")  # as --signal does when time is nearly over
    until(lambda: "preempted" in person.runs(contract.path), "the end of a program")
    site.slurm.wait(f"{job}_1", "PENDING")
    assert re.search(r"waiting +- +PENDING", person.says("launch", "status", launch["id"]))
    site.slurm.start_again(f"{job}_1")
    contract.works()
    contract.ends_with_the_sweep(launch["id"])
    assert site.slurm.states(job) == ["COMPLETED"] * 2
