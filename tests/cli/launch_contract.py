"""What `besom launch` promises, whichever engine starts the agents."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Protocol

QUICK = """
import besom
with besom.init() as run:
    run.log({"y": run.config.x})
"""
# Goes on until it is told to leave; says so, and is then preempted. Without its key it could not.
ENDLESS = """
import signal, sys, time, besom
leaving = []
signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
with besom.init() as run:
    run.log({"y": run.config.x})
    while not leaving:
        time.sleep(0.02)
    run.mark_preempting()
    sys.exit(1)
"""
GRID = "project: launch\nmethod: grid\nparameters:\n  x: {min: 1, max: 4}\n"
PATIENCE = 90.0


class Person(Protocol):
    """Someone whose folder the agents work in."""

    def write(self, name: str, text: str) -> Any:
        """Writes a file of the folder."""

    def says(self, *words: str) -> str:
        """Runs ``besom``, which must succeed; returns its standard output."""

    def runs(self, path: str) -> list[tuple[str, int]]:
        """State and ``x`` of a sweep's runs."""

    def key_names(self) -> set[str]:
        """What the person's keys are called."""


def until(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen in {PATIENCE:.0f} s"
        time.sleep(0.3)
    return answer


class Contract:
    """A person at a place where ``besom launch WORDS SWEEP OPTIONS -- EXTRA`` starts agents with two slots in all."""

    def __init__(self, person: Person, words: list[str], options: list[str], extra: list[str]) -> None:
        self.person, self.words, self.options, self.extra = person, words, options, extra

    def command(self, path: str, *more: str) -> list[str]:
        return ["launch", *self.words, path, *self.options, *more, *(["--", *self.extra] if self.extra else [])]

    def sweep(self, program: str) -> str:
        self.person.write("train.py", program)
        self.person.write("sweep.yaml", f"program: train.py\n{GRID}")
        return json.loads(self.person.says("sweep", "sweep.yaml", "--json"))["path"]

    def status(self, launch: str) -> dict[str, Any]:
        (found,) = json.loads(self.person.says("launch", "status", launch, "--json"))
        return found

    def agents_work_until_the_sweep_ends(self) -> None:
        path = self.sweep(QUICK)
        shown = self.person.says(*self.command(path, "--dry-run"))
        assert path in shown
        assert "***" in shown
        assert not re.search(r"BESOM_API_KEY=[A-Za-z0-9_-]", shown)
        assert not self.keys_of_launches(), "nothing was started"

        launch = json.loads(self.person.says(*self.command(path, "--json")))["id"]
        assert self.keys_of_launches() == {f"launch {launch}"}
        until(lambda: [state for state, _ in self.person.runs(path)] == ["finished"] * 4, "four runs")
        until(lambda: {job["state"] for job in self.status(launch)["jobs"]} == {"ended"}, "the end of the jobs")
        assert sorted(x for _, x in self.person.runs(path)) == [1, 2, 3, 4]
        agents = self.status(launch)["agents"]
        assert sum(agent["run_count"] for agent in agents) == 4
        assert {agent["state"] for agent in agents} == {"gone"}
        self.stops(launch)

    def stop_ends_agents_after_they_have_said_goodbye(self) -> str:
        path = self.sweep(ENDLESS)
        launch = json.loads(self.person.says(*self.command(path, "--json")))["id"]
        until(lambda: [state for state, _ in self.person.runs(path)] == ["running"] * 2, "two runs")
        shown = self.person.says("launch", "status", launch)
        assert "running" in shown
        assert f"{launch}-" in shown, "its agents"
        self.stops(launch)
        assert {state for state, _ in self.person.runs(path)} == {"preempted"}
        return launch

    def stops(self, launch: str) -> None:
        assert "good for nothing" in self.person.says("launch", "stop", launch)
        assert not self.keys_of_launches()
        assert "Nothing was launched" in self.person.says("launch", "status")

    def keys_of_launches(self) -> set[str]:
        return {name for name in self.person.key_names() if name.startswith("launch ")}
