"""wandb.Api reads a project that besom's own protocol has filled: runs, histories, sweeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from besom.client.connection import Connection
from besom.protocol import (
    AgentJoined,
    NewAgent,
    NewRun,
    NewSweep,
    NextRequest,
    NextRun,
    RunChange,
    RunExit,
    SweepCreated,
    Viewer,
)

PROJECT = "reading"


class Filler:
    """Fills a project as besom's own SDK does."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.entity = connection.request("GET", "/viewer", reply=Viewer).entity

    def run(self, run_id: str, *records: dict[str, Any], sweep: str | None = None, **about: Any) -> None:
        """A run with these records of its spool."""
        runs = f"/projects/{self.entity}/{PROJECT}/runs"
        new = NewRun(id=run_id, sweep_id=sweep, started=1.0, **about)
        self.connection.request("POST", runs, body=new)
        spool = b"".join(json.dumps(record).encode() + b"\n" for record in records)
        self.connection.request("POST", f"{runs}/{run_id}/stream?offset=0", body=spool)

    def change(self, run_id: str, **change: Any) -> None:
        route = f"/projects/{self.entity}/{PROJECT}/runs/{run_id}"
        self.connection.request("PATCH", route, body=RunChange(**change))

    def sweep(self, config: dict[str, Any], count: int) -> str:
        """A sweep with one agent that has done some of its runs."""
        route = f"/projects/{self.entity}/{PROJECT}/sweeps"
        sweep_id = self.connection.request("POST", route, body=NewSweep(config=config), reply=SweepCreated).sweep.id
        new = NewAgent(host="box", pid=7)
        agent = self.connection.request("POST", f"/sweeps/{sweep_id}/agents", body=new, reply=AgentJoined).agent_id
        for _ in range(count):
            work = self.connection.request("POST", f"/agents/{agent}/next", body=NextRequest(), reply=NextRun)
            losses = [history(0, loss=1.0), history(1, loss=abs(work.params["a"] - 2))]
            self.run(work.run_id, *losses, exit_record(0), sweep=sweep_id)
            exit_route = f"/agents/{agent}/runs/{work.run_id}/exit"
            self.connection.request("POST", exit_route, body=RunExit(exit_code=0))
        return sweep_id


def history(step: int, **data: Any) -> dict[str, Any]:
    return {"type": "history", "step": step, "time": 1.0 + step, "data": data}


def exit_record(code: int) -> dict[str, Any]:
    return {"type": "exit", "code": code, "time": 9.0}


@pytest.fixture(scope="module")
def filled(server) -> str:
    """Id of the sweep of the project in which the tests read."""
    filler = Filler(Connection(server.url, server.key))
    for number in range(62):
        logged = [history(0, loss=abs(number - 30) / 10)] if number % 3 else [history(0, other=1)]
        optimizer = {"name": "adam" if number % 2 else "sgd", "betas": [0.9, number]}
        filler.run(
            f"r{number:02}",
            *logged,
            exit_record(int(number == 5)),
            config={"lr": number / 100, "optimizer": optimizer},
            tags=["odd"] if number % 2 else ["even", "pair"],
            group=f"g{number % 4}",
            job_type="train",
            name=f"run number {number}",
            notes="some words" if number == 7 else None,
        )
    rows = [history(step, loss=1 / (step + 1), at={"epoch": step // 100, "name": "x"}) for step in range(2500)]
    rows[7]["data"]["loss"] = "NaN"
    rows += [history(2600, accuracy=0.5), history(2600, loss=0.25)]
    load = [{"type": "system", "time": 1.0 + i, "data": {"cpu": float(i), "gpu.0.gpu": 50.0}} for i in range(20)]
    lines = [f"line {number}" for number in range(1200)]
    output = {"type": "output", "line": 0, "lines": lines, "time": 1_767_225_600.25}
    filler.run("long", *rows, *load, output, exit_record(0), config={"lr": "high"})
    filler.change("long", summary={"worst": "Infinity"})
    config = {
        "method": "grid",
        "name": "small grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"a": {"values": [1, 2, 3]}, "b": {"values": ["x", "y"]}},
    }
    return filler.sweep(config, 4)


PROGRAM = Path(__file__).parent / "programs" / "read_project.py"


def test_the_public_api_reads_everything_that_besom_has(user, filled):
    user.run("python", str(PROGRAM), filled)
