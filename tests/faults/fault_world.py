"""The world of a storm: servers, a proxy before them, agents of all kinds, and clocks, disks and cables to break."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import journal
from agent_world import BESOM
from clocks import MachineClock
from disks import Disk, disk
from faulty_proxy import Decide, FaultyProxy
from machines import Machine, Switch, switch

from besom.agent import guard
from besom.client.connection import Connection
from besom.protocol import NewSweep, Sweep, SweepCreated
from replicas import Replicas, replicas
from server_process import ServerProcess, command
from waiting import until

TRAINEE = Path(__file__).parent / "trainee.py"
PROJECT = "faults"
FILES = """
SELECT * FROM run_files JOIN runs ON runs.key = run_files.run_key
JOIN blobs ON blobs.project_id = runs.project_id AND blobs.digest = run_files.digest
"""
"""Files of runs whose bytes the server has."""
AgentKind = Literal["program", "function", "broken", "pool"]
"""It starts programs; it calls a function; it calls a function that fails whenever it is called there; it starts the
programs of all sweeps."""
# A killed program is no reason for an agent to leave, and a full disk is none either.
NEVER_GIVE_UP = {"BESOM_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "100000"}


@dataclass(eq=False)
class Worker:
    """An agent, started anew whenever it was killed."""

    sweep: str
    kind: AgentKind
    log: Path
    """What it says."""
    machine: Machine | None
    """Its own, if it has one."""
    process: subprocess.Popen[bytes] | None = None
    killed: bool = False
    told: bool = False
    """Whether it was sent SIGTERM."""
    said: int = 0
    """Bytes in the log when it was started last."""

    def has_ended(self) -> bool:
        """Whether its process is over."""
        return self.process is not None and self.process.poll() is not None

    def is_to_be_started(self) -> bool:
        """Whether it was killed, or met no server when it began, which it does not wait for: people would try again."""
        return self.has_ended() and (self.killed or self.told or not self.has_joined())

    def has_joined(self) -> bool:
        """Whether it has come so far as to work on runs, or to hear that there are none."""
        return self.says("besom: Agent for ") or self.says("besom: No more runs")

    def says(self, text: str) -> bool:
        """Whether it has said so since it was started last."""
        return text.encode() in self.log.read_bytes()[self.said :]


class FaultWorld:
    """Everything of one storm, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        server_disk: Disk,
        client_disk: Disk,
        decide: Decide,
        *,
        lease: float,
        pauses: Mapping[str, float],
        count: int,
        switch: Switch | None,
    ) -> None:
        self.folder = folder
        self.server_disk, self.client_disk = server_disk, client_disk
        self.server_clocks = [MachineClock(folder / f"server-{number}.clock") for number in range(count)]
        self.client_clock = MachineClock(folder / "clock")
        self.journals = folder / "journals"
        self.journals.mkdir()
        self.workers: list[Worker] = []
        self.killed: dict[int, float] = {}
        """Processes that were killed, and when (monotonic)."""
        self.backups: dict[Path, subprocess.Popen[bytes]] = {}
        """Copies, and the processes that make them."""
        self._pauses = pauses
        self._arguments = ("--lease", str(lease), "--port", "0")
        self._switch = switch
        self._at = None if switch is None else switch.address
        self._server_machines = [] if switch is None else [switch.machine() for _ in range(count)]
        self._ending = contextlib.ExitStack()
        self.replicas: Replicas | None = None
        if count > 1:
            self.replicas = self._ending.enter_context(replicas(server_disk.folder, count, self._first_start, self._at))
            self.servers = self.replicas.servers
        else:
            self.servers = [self._first_start(0, server_disk.folder / "home", ())]
            self._ending.callback(self.server.kill)
        self.proxy = FaultyProxy(self.url, decide, at=self._at or "127.0.0.1")

    def _first_start(self, number: int, home: Path, more: tuple[str, ...]) -> ServerProcess:
        arguments, before = ["--data", str(home), *self._arguments, *more], ()
        if self._switch is not None:
            arguments += ["--host", self._server_machines[number].address]
            before = self._server_machines[number].words
        return ServerProcess(home, *arguments, before=before, **self.server_clocks[number].environment)

    @property
    def server(self) -> ServerProcess:
        """The only one, or the first."""
        return self.servers[0]

    @property
    def url(self) -> str:
        """Where the servers are reached."""
        if self.replicas is None:
            return self.server.url
        return f"http://{self._at or '127.0.0.1'}:{self.replicas.balancer.port}"

    @property
    def machines(self) -> list[Machine]:
        """Those with a cable: of the servers first, then of the agents; none where all are processes of one."""
        return [] if self._switch is None else self._switch.machines

    def start_server(self, server: ServerProcess, port: int | None = None) -> None:
        """Starts a server again, at another port if one is given. It must reach its database then, and be reached."""
        if self._server_machines:
            self._server_machines[self.servers.index(server)].plug()
        if self.replicas is not None:
            self.replicas.wires[self.servers.index(server)].join()
        until(lambda: self._starts(server, port), "a server that runs")
        self.proxy.upstream = self.url

    def _starts(self, server: ServerProcess, port: int | None) -> bool:
        """A database that is just changing places is not there yet; who keeps servers alive tries again."""
        try:
            server.start(port)
        except AssertionError:
            if self.replicas is None:
                raise
            return False
        return True

    @property
    def connection(self) -> Connection:
        """To the servers, past the proxy."""
        return Connection(self.url, self.server.key)

    def sweep(self, **config: Any) -> Sweep:
        """Creates a sweep over the trainee."""
        path = f"/projects/{self.entity}/{PROJECT}/sweeps"
        whole = {"program": str(TRAINEE), **config}
        return self.connection.request("POST", path, body=NewSweep(config=whole), reply=SweepCreated).sweep

    @property
    def entity(self) -> str:
        """The administrator's."""
        return str(self.connection.request("GET", "/viewer", reply=dict)["entity"])

    def add(self, sweep: Sweep, kind: AgentKind) -> None:
        """Starts an agent."""
        log = self.folder / f"agent-{len(self.workers)}.log"
        log.touch()
        machine = None if self._switch is None else self._switch.machine()
        self.workers.append(Worker(sweep.id, kind, log, machine))
        self.start(self.workers[-1])

    def start(self, worker: Worker) -> None:
        """Starts an agent, or starts it anew."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("BESOM_", "WANDB_", "PYTHON"))}
        arguments = {
            "program": ["-c", BESOM, "agent", worker.sweep, "--slots", "2"],
            "pool": ["-c", BESOM, "agent", f"--project={PROJECT}", "--exit-when-idle", "--slots", "2"],
            "function": [str(TRAINEE), "--agent", worker.sweep],
            "broken": [str(TRAINEE), "--agent", worker.sweep],
        }[worker.kind]
        broken = {"FAULTS_BROKEN": "true"} if worker.kind == "broken" else {}
        pause = self._pauses["program" if worker.kind in ("program", "pool") else "function"]
        worker.said = worker.log.stat().st_size
        with worker.log.open("ab") as output:
            worker.process = subprocess.Popen(
                [*(worker.machine.words if worker.machine else ()), sys.executable, *arguments],
                cwd=self.client_disk.folder,
                env={**clean, **self.client_environment, **broken, "FAULTS_PAUSE": str(pause)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        worker.killed = worker.told = False

    @property
    def client_environment(self) -> dict[str, str]:
        """What programs of the clients' machine find."""
        path = f"{self.client_clock.environment['PYTHONPATH']}:{TRAINEE.parent}"
        return {
            **self.client_clock.environment,
            **NEVER_GIVE_UP,
            "PYTHONPATH": path,
            journal.PLACE: str(self.journals),
            "BESOM_HOME": str(self.folder / "user"),
            "BESOM_BASE_URL": self.proxy.url,
            "BESOM_API_KEY": self.server.key,
            "BESOM_SILENT": "true",
        }

    @property
    def private(self) -> list[Path]:
        """The folders of the servers, and what the clients' commands keep for their user: for nobody else."""
        return [server.home for server in self.servers] + [*self.folder.glob("user")]

    def programs(self) -> list[int]:
        """Training programs that run now."""
        agents = {worker.process.pid for worker in self.workers if worker.process}
        marked = {pid for worker in self.workers for pid in guard.marked(f"BESOM_SWEEP_ID={worker.sweep}")}
        return sorted(marked - agents)

    def command_lines(self) -> list[str]:
        """Of all processes, as every user of the machine may read them."""
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it has ended
                found.append(place.read_text(errors="replace").replace("\0", " "))
        return found

    def kill(self, pid: int) -> None:
        """Kills a process without a warning."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.killed[pid] = time.monotonic()

    def second_server(self) -> tuple[subprocess.Popen[bytes], Path]:
        """Starts another server on the data of the first; returns it, and where it says what it does."""
        log = self.folder / "second-server.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                command("--data", str(self.server.home), *self._arguments),
                env={**os.environ, **self.server_clocks[0].environment, "BESOM_HOME": str(self.server.home)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        return process, log

    def back_up(self) -> bool:
        """Begins ``besom backup``, whatever the server is doing; not before there is a file of a run to be copied."""
        if not self._has_files():
            return False
        place = self.folder / f"backup-{len(self.backups)}"
        with place.with_suffix(".log").open("wb") as said:
            self.backups[place] = subprocess.Popen(
                [sys.executable, "-c", BESOM, "backup", str(place), "--data", str(self.server.home)],
                env={**os.environ, "BESOM_HOME": str(self.folder / "user")},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        return True

    def _has_files(self) -> bool:
        database = f"file:{self.server.home / 'besom.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
            return connection.execute(f"SELECT EXISTS ({FILES})").fetchone() == (1,)

    def sync(self) -> str:
        """``besom sync`` of all that the dead have left; returns what it says."""
        said = subprocess.run(
            [sys.executable, "-c", BESOM, "sync"],
            cwd=self.client_disk.folder,
            env={**os.environ, **self.client_environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return said.stdout + said.stderr

    def close(self) -> None:
        """Ends everything that was started here."""
        for worker in self.workers:
            if worker.process is not None and worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()
        for backup in self.backups.values():
            backup.kill()
            backup.wait()
        for pid in self.programs():
            self.kill(pid)
        until(lambda: not self.programs(), "the end of all programs")
        self._ending.close()


@contextlib.contextmanager
def _open_to_all() -> Iterator[None]:
    """As on a machine whose users do not care: what no program closes to others, others may read and change."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def fault_world(
    folder: Path,
    decide: Decide,
    *,
    lease: float,
    pauses: Mapping[str, float],
    megabytes: int = 64,
    servers: int = 1,
    machines: bool = False,
) -> Iterator[FaultWorld]:
    """A world with a server that runs, or with several on one PostgreSQL, and no agents.

    Args:
        folder: for all of it.
        decide: what happens to each request.
        lease: of the servers, in seconds.
        pauses: seconds between two values of a run, at most, of a ``program`` and of a ``function``.
        megabytes: of the disks.
        servers: how many.
        machines: whether each server and each agent has a machine of its own, with a cable.
    """
    with (
        _open_to_all(),
        disk(folder / "server", megabytes) as server_disk,
        disk(folder / "client", megabytes) as client_disk,
        switch() if machines else contextlib.nullcontext() as plugged,
    ):
        world = FaultWorld(
            folder, server_disk, client_disk, decide, lease=lease, pauses=pauses, count=servers, switch=plugged
        )
        with contextlib.closing(world), world.proxy:
            yield world
