"""A real server, sweeps on it, and agents that do what a test says."""

import itertools
import time

import msgspec

from besom.client.api import Api
from besom.client.lookup import find_sweep, project_route
from besom.client.paths import ItemPath
from besom.config import load_mapping
from besom.controller.loop import Ahead, Loop
from besom.controller.sources import rule_for, source_for
from besom.protocol import (
    AgentJoined,
    HistoryRecord,
    NewAgent,
    NewRun,
    NewSweep,
    NextReply,
    NextRequest,
    NextRun,
    Run,
    RunClaimed,
    RunExit,
    RunPage,
    StreamAck,
    Sweep,
    SweepCommand,
    SweepCreated,
)

LOCAL = {"controller": {"type": "local"}}
LINE = {"x": {"min": 0.0, "max": 1.0}}
GRID = {**LOCAL, "method": "grid", "parameters": {"a": {"values": [1, 2, 3]}, "b": {"values": ["u", "v"]}}}
RANDOM = {**LOCAL, "method": "random", "metric": {"name": "loss"}, "parameters": LINE}
CUSTOM = {**RANDOM, "method": "custom"}

_numbers = itertools.count()


class Agent:
    """An agent whose runs log what a test says."""

    def __init__(self, world, sweep_id: str, slots: int = 1) -> None:
        self.world = world
        self.sweep_id = sweep_id
        route = f"/sweeps/{sweep_id}/agents"
        self.id = world.ask("POST", route, NewAgent(host="box", pid=7, slots=slots), AgentJoined).agent_id
        self.holding: list[str] = []
        self._sent: dict[str, tuple[int, int]] = {}
        """Bytes and steps by run."""

    def next(self):
        """What the server answers."""
        request = NextRequest(holding=self.holding, wait=0.0)
        reply = self.world.ask("POST", f"/agents/{self.id}/next", request, NextReply)
        if isinstance(reply, NextRun):
            self.holding.append(reply.run_id)
        return reply

    def begin(self, *values: float, metric: str = "loss") -> str:
        """Takes the next run, which logs values and goes on; returns its id."""
        reply = self.next()
        assert isinstance(reply, NextRun), reply
        new = NewRun(id=reply.run_id, sweep_id=self.sweep_id, agent_id=self.id, started=time.time(), spool="one")
        self.world.ask("POST", f"{self.world.route}/runs", new, RunClaimed)
        self.log(reply.run_id, *[{metric: value} for value in values])
        return reply.run_id

    def log(self, run_id: str, *rows: dict) -> None:
        """More rows of a run."""
        offset, steps = self._sent.get(run_id, (0, 0))
        records = [HistoryRecord(step=step, time=time.time(), data=row) for step, row in enumerate(rows, steps)]
        body = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
        query = {"offset": offset, "spool": "one"}
        route = f"{self.world.route}/runs/{run_id}/stream"
        ack = self.world.api.connection.request("POST", route, query=query, body=body, reply=StreamAck)
        self._sent[run_id] = (ack.offset, steps + len(rows))

    def end(self, run_id: str, exit_code: int = 0) -> Run:
        """The run's process ends."""
        self.holding.remove(run_id)
        return self.world.ask("POST", f"/agents/{self.id}/runs/{run_id}/exit", RunExit(exit_code=exit_code), Run)

    def run(self, *values: float, exit_code: int = 0, metric: str = "loss") -> str:
        """Takes the next run, which logs values and ends; returns its id."""
        run_id = self.begin(*values, metric=metric)
        self.end(run_id, exit_code)
        return run_id

    def leave(self) -> None:
        self.world.ask("DELETE", f"/agents/{self.id}")


class World:
    """A project of its own for one test."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.project = f"controlled-{next(_numbers)}"
        self.entity = api.default_entity
        self.route = project_route(self.entity, self.project)

    def ask(self, method: str, path: str, body=None, reply=None):
        return self.api.connection.request(method, path, body=body, reply=reply)

    def sweep(self, config: dict) -> Sweep:
        return self.ask("POST", f"{self.route}/sweeps", NewSweep(config=config), SweepCreated).sweep

    def now(self, sweep: Sweep) -> Sweep:
        return find_sweep(self.api.connection, ItemPath(sweep.id))

    def command(self, sweep: Sweep, action: str) -> None:
        self.ask("POST", f"/sweeps/{sweep.id}/state", SweepCommand(action=action), Sweep)

    def runs(self, sweep: Sweep) -> list[Run]:
        query = {"sweep": sweep.id, "limit": 10_000}
        return self.api.connection.request("GET", f"{self.route}/runs", query=query, reply=RunPage).runs

    def run(self, run_id: str) -> Run:
        return self.ask("GET", f"{self.route}/runs/{run_id}", reply=Run)

    def agent(self, sweep: Sweep, slots: int = 1) -> Agent:
        return Agent(self, sweep.id, slots)

    def loop(self, sweep: Sweep, source=None, *, ahead: Ahead | None = None, hopeless=None, folder=None) -> Loop:
        """A controller's loop, by default with what the configuration asks for."""
        config = load_mapping(sweep.config).config
        source = source or source_for(config, sweep, folder)
        rule = hopeless or rule_for(config)
        return Loop(self.api.connection, sweep, source, hopeless=rule, ahead=ahead)
