"""Runs an example as its head says: `besom sweep FILE`, then `besom agent`."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from cli_user import User

import besom
from besom.client.sweeps import Sweep
from waiting import until

EXAMPLES = Path(__file__).parents[2] / "examples"


class ExampleUser(User):
    """Someone in a copy of an example's folder."""

    @classmethod
    def copying(cls, example: Path, folder: Path, surroundings: dict[str, str]) -> "ExampleUser":
        shutil.copytree(example, folder, ignore=shutil.ignore_patterns("besom", "__pycache__"))
        return cls(folder, surroundings)

    def create(self, file: str) -> str:
        """``besom sweep``; returns the sweep's path."""
        created = self.besom("sweep", file)
        assert created.code == 0, created.said
        path = re.search(r"besom agent (\S+)", created.said)
        assert path, created.said
        return path[1]

    def work(self, path: str, *, count: int) -> Sweep:
        """Has one agent make ``count`` runs, all of which must finish; returns the sweep."""
        worked = self.besom("agent", "--count", str(count), path)
        assert worked.code == 0, worked.said
        sweep = self.finished(path)
        assert len(sweep.runs) == count, worked.said
        return sweep

    def finished(self, path: str) -> Sweep:
        """The sweep, all runs of which must have finished."""
        sweep = besom.Api().sweep(path)
        assert {run.state for run in sweep.runs} == {"finished"}, sweep.runs
        return sweep

    def sweep(self, file: str = "sweep.yaml", *, count: int) -> Sweep:
        """Creates the sweep of a file and makes ``count`` runs of it."""
        return self.work(self.create(file), count=count)

    def start_agent(self, path: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Starts an agent for one run, in the background."""
        return subprocess.Popen(
            [sys.executable, "-m", "besom.cli", "agent", "--count", "1", path],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
        )

    def wait_for_rows(self, path: str) -> None:
        """Waits until a run of the sweep has logged something."""
        until(lambda: any(len(run.summary.keys()) for run in besom.Api().sweep(path).runs), "a row of its program")
