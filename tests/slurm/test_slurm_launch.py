"""`besom launch slurm` on a real cluster."""

import json
import re
from dataclasses import dataclass
from typing import Any

from launch_contract import ENDLESS, Contract, until


@dataclass(frozen=True)
class Person:
    """Someone on the cluster's login node."""

    site: Any

    def write(self, name: str, text: str) -> None:
        self.site.write(name, text)

    def says(self, *words: str) -> str:
        return self.site.sandbox.run("besom", *words)

    def runs(self, path: str) -> list[tuple[str, int]]:
        return [(run["state"], run["config"]["x"]) for run in self.site.runs(path)]

    def key_names(self) -> set[str]:
        return {key["name"] for key in json.loads(self.says("key", "list", "--json"))}


def test_agents_are_tasks_of_an_array_and_come_back_when_their_time_is_over(site):
    person = Person(site)
    options = ["--agents=2", "--gpus=1", "--cpus=1", f"--server={site.sandbox.environment['BESOM_BASE_URL']}"]
    contract = Contract(person, ["slurm"], options, ["--partition=low"])
    contract.agents_work_until_the_sweep_ends()

    path = contract.sweep(ENDLESS)
    launch = json.loads(person.says(*contract.command(path, "--json")))
    until(lambda: [state for state, _ in person.runs(path)] == ["running"] * 2, "two runs")
    before = {run["id"] for run in site.runs(path)}
    job = launch["handle"]["job"]
    script = site.sandbox.run("scontrol", "write", "batch_script", job + "_1", "-")
    assert "BESOM_API_KEY" not in script

    site.sandbox.run("scancel", "--signal=USR1", "--batch", f"{job}_1")  # as --signal does when time is nearly over
    until(lambda: "preempted" in dict(person.runs(path)), "the end of a program")
    assert re.search(r"waiting +- +PENDING", person.says("launch", "status", launch["id"]))
    site.slurm.start_again(f"{job}_1")
    until(lambda: [state for state, _ in person.runs(path)] == ["running"] * 2, "the program's next beginning")
    assert {run["id"] for run in site.runs(path)} == before, "the same runs"
    contract.stops(launch["id"])
    assert [state for state, _ in person.runs(path)] == ["preempted"] * 2
