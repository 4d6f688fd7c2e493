"""What `besom launch` promises, whichever engine starts the agents."""

import json
import re
from functools import partial
from typing import Any, Protocol

import waiting

# Goes on until there is a file, or until it is told to leave: then it says so, and is preempted. Without its key it
# could not.
PROGRAM = """
import signal, sys, time
from pathlib import Path
import besom
leaving = []
signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
with besom.init() as run:
    run.log({"y": run.config.x})
    while not (leaving or Path("enough").exists()):
        time.sleep(0.02)
    if leaving:
        run.mark_preempting()
        sys.exit(1)
"""
# The first one that is told notes it, and takes its time until it is told again.
SLOW_PROGRAM = PROGRAM.replace("append(True)", "append(Path('told').exists() or Path('told').touch())")
SLOW_PROGRAM = SLOW_PROGRAM.replace("not (leaving", "not (any(leaving)")
SWEEP = "project: launch\nprogram: train.py\nmethod: grid\nparameters:\n  x: {values: [1, 2]}\n"
FIVE = SWEEP.replace("[1, 2]", "[1, 2, 3, 4, 5]")
ONE_RUN_EACH = ["--agents=3", "--at-once=2", "--one-run-per-job"]
"""Options for a sweep of more runs than that."""
until = partial(waiting.until, patience=180.0)
"""Engines take their time on a busy machine."""


class Person(Protocol):
    """Someone whose folder the agents work in."""

    def write(self, name: str, text: str) -> Any:
        """Writes a file of the folder."""

    def says(self, *words: str) -> str:
        """Runs ``besom``, which must succeed; returns its standard output."""

    def runs(self, path: str) -> list[str]:
        """States of a sweep's runs."""

    def keys(self) -> dict[str, str | None]:
        """The person's keys by name: the only sweep that each is for."""


class Contract:
    """A person with a sweep of two runs, for which ``besom launch WORDS SWEEP OPTIONS -- EXTRA`` starts agents with two
    slots in all. With another program or sweep, some of what follows is of use still."""

    def __init__(
        self,
        person: Person,
        words: list[str],
        options: list[str],
        extra: list[str],
        program: str = PROGRAM,
        sweep: str = SWEEP,
    ) -> None:
        self.person, self.words, self.options, self.extra = person, words, options, extra
        person.write("train.py", program)
        person.write("sweep.yaml", sweep)
        self.path = json.loads(person.says("sweep", "sweep.yaml", "--json"))["path"]

    def command(self, *more: str) -> list[str]:
        return ["launch", *self.words, self.path, *self.options, *more, *(["--", *self.extra] if self.extra else [])]

    def shows_what_it_would_do_and_no_secret(self) -> None:
        shown = self.person.says(*self.command("--dry-run", "--env=TOKEN=of-somebody"))
        assert self.path in shown
        assert "***" in shown
        assert "TOKEN" in shown
        assert "of-somebody" not in shown
        assert not re.search(r"BESOM_API_KEY=[A-Za-z0-9_-]", shown)
        assert not self.keys_of_launches(), "nothing was started"

    def launched(self) -> dict[str, Any]:
        launch = self.begun()
        assert self.keys_of_launches() == {f"launch {launch['id']}": self.path.rpartition("/")[2]}
        self.works()
        return launch

    def begun(self) -> dict[str, Any]:
        launch: dict[str, Any] = json.loads(self.person.says(*self.command("--json")))
        return launch

    def works(self) -> None:
        until(lambda: self.person.runs(self.path) == ["running"] * 2, "two runs at work")

    def status(self, launch: str) -> dict[str, Any]:
        (found,) = json.loads(self.person.says("launch", "status", launch, "--json"))
        return found

    def ends_with_the_sweep(self, launch: str) -> None:
        self.person.write("enough", "")
        until(lambda: self.person.runs(self.path) == ["finished"] * 2, "the end of the sweep")
        until(lambda: {job["state"] for job in self.status(launch)["jobs"]} == {"ended"}, "the end of the jobs")
        self.stops(launch)

    def makes_one_run_per_job(self) -> None:
        """With ``ONE_RUN_EACH`` and ``FIVE``."""
        launch = self.launched()["id"]  # two are at work, and the third waits
        self.person.write("enough", "")
        until(lambda: {job["state"] for job in self.status(launch)["jobs"]} == {"ended"}, "the end of the jobs")
        assert self.person.runs(self.path) == ["finished"] * 3, "two points are left"
        assert [agent["run_count"] for agent in self.status(launch)["agents"]] == [1, 1, 1]
        self.stops(launch)

    def can_be_stopped_at_work(self, launch: str) -> None:
        shown = self.person.says("launch", "status", launch)
        assert "running" in shown
        assert f"{launch}-" in shown, "its agents"
        self.stops(launch)
        assert self.person.runs(self.path) == ["preempted"] * 2, "they had said goodbye before their key ended"

    def stops(self, launch: str) -> None:
        assert "no longer valid" in self.person.says("launch", "stop", launch)
        self.left_nothing()

    def left_nothing(self) -> None:
        assert "Nothing was launched" in self.person.says("launch", "status")
        assert not self.keys_of_launches()

    def keys_of_launches(self) -> dict[str, str | None]:
        return {name: sweep for name, sweep in self.person.keys().items() if name.startswith("launch ")}
