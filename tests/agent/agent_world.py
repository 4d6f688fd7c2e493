"""What the agent's tests share: a server, sweeps, programs, agents."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from besom.client import embedded
from besom.client.connection import Connection
from besom.protocol import HistoryPage, NewPoint, NewSweep, Run, RunPage, Sweep, SweepCommand, SweepCreated, Viewer
from server_process import ServerProcess
from waiting import until

PATIENCE = 120.0

# As a shell starts it: a background process of a script would ignore Ctrl-C.
BESOM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from besom.cli import main
raise SystemExit(main())
"""


LEASE_SECONDS = 8
"""Short, so that heartbeats are frequent."""


def start_server(home: Path, port: int = 0) -> None:
    """Starts a server for the programs of a home, on any free port by default; stop it with ``embedded.stop``."""
    ServerProcess(home, "--data", str(home), "--port", str(port), "--lease", str(LEASE_SECONDS))


class Agent:
    """A running ``besom agent``."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def output(self) -> str:
        return self.log.read_text()

    def says(self, text: str) -> None:
        """Waits until it has said so."""
        until(lambda: text in self.output, f"{text!r} in\n{self.output}\n")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Waits for its end; returns the exit code."""
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the agent goes on:\n{self.output}") from None


class World:
    """A user's folder, with a server somewhere."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = home
        self.folder = folder
        server = embedded.find(home)
        assert server is not None
        self.server = server
        self.connection = Connection(server.url, server.key)
        self.entity = self.connection.request("GET", "/viewer", reply=Viewer).entity
        self.settings = {"BESOM_HOME": str(home)}
        self._agents: list[Agent] = []

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        for agent in self._agents:
            if agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()

    def program(self, code: str, name: str = "train.py") -> None:
        """Writes a program."""
        (self.folder / name).write_text(textwrap.dedent(code))

    def sweep(self, **config: Any) -> Sweep:
        """Creates a sweep; by default random search over one parameter for ``train.py``."""
        whole = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}, "program": "train.py"} | config
        whole = {key: value for key, value in whole.items() if value is not None}
        path = f"/projects/{self.entity}/agents/sweeps"
        return self.connection.request("POST", path, body=NewSweep(config=whole), reply=SweepCreated).sweep

    def agent(self, sweep: Sweep | str, *arguments: str, **environment: str) -> Agent:
        """Starts ``besom agent``."""
        path = sweep if isinstance(sweep, str) else sweep.id
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("BESOM_", "WANDB_", "PYTHON"))}
        log = self.folder / f"agent-{len(self._agents)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", BESOM, "agent", path, *arguments],
                cwd=self.folder,
                env={**clean, **self.settings, "BESOM_SILENT": "true", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._agents.append(Agent(process, log))
        return self._agents[-1]

    def sync(self) -> None:
        """Runs ``besom sync``."""
        subprocess.run(
            [sys.executable, "-c", BESOM, "sync"], cwd=self.folder, env={**os.environ, **self.settings}, check=True
        )

    def runs(self, sweep: Sweep) -> list[Run]:
        """The sweep's runs, oldest first."""
        path = f"/projects/{sweep.entity}/{sweep.project}/runs"
        query = {"sweep": sweep.id, "order": "+created_at", "limit": 500}
        return self.connection.request("GET", path, query=query, reply=RunPage).runs

    def run(self, sweep: Sweep) -> Run:
        """The sweep's only run."""
        (run,) = self.runs(sweep)
        return run

    def look(self, sweep: Sweep) -> Sweep:
        """The sweep as it is now."""
        return self.connection.request("GET", f"/sweeps/{sweep.id}", reply=Sweep)

    def history(self, run: Run) -> list[dict[str, Any]]:
        """The first rows of a run."""
        path = f"/projects/{run.entity}/{run.project}/runs/{run.id}/history"
        return self.connection.request("GET", path, query={"limit": 1000}, reply=HistoryPage).rows

    def queue(self, sweep: Sweep, x: float) -> Run:
        """Chooses what is run next."""
        return self.connection.request("POST", f"/sweeps/{sweep.id}/queue", body=NewPoint(params={"x": x}), reply=Run)

    def stop(self, run: Run) -> None:
        """Presses the run's stop button."""
        self.connection.request("POST", f"/projects/{run.entity}/{run.project}/runs/{run.id}/stop")

    def command(self, sweep: Sweep, action: Any) -> None:
        """Pauses, resumes, stops or cancels."""
        self.connection.request("POST", f"/sweeps/{sweep.id}/state", body=SweepCommand(action=action))
