"""Sweeps with agents of the real client at work, each in a folder of its own.

Agents mostly wait for their next heartbeat, so all scenes run at the same time; the tests look at how they end.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sweep_watch import Watched
from wandb_user import WandbUser

from besom.client.connection import Connection
from besom.protocol import AgentJoined, KeyMade, NewAgent, NewKey, NewRun, NextRequest, NextRun
from terminal_user import LONGEST

METRIC = {"name": "loss", "goal": "minimize"}
ONE = {"a": {"min": 0.0, "max": 1.0}}
TRAIN = """
import os, time, wandb

def train():
    with wandb.init() as run:
        for step in range(3):
            run.log({"loss": run.config.a / (step + 1)})

def endless():
    parent = os.getppid()
    with wandb.init() as run:
        while os.getppid() == parent:  # a test that fails ends the agent, and with it this
            run.log({"loss": run.config.a})
            time.sleep(0.2)
"""
_SOON = {"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1"}
"""Seconds between reports; the client's own setting."""


@dataclass
class Scene:
    """A sweep and what works for it."""

    user: WandbUser
    sweep: Watched
    processes: dict[str, subprocess.Popen[str]]

    def output(self, name: str) -> str:
        """What one of the processes printed; it must have ended well."""
        process = self.processes[name]
        output, _ = process.communicate(timeout=LONGEST)
        assert process.returncode == 0, output
        return output


Play = Callable[[WandbUser, Connection], Scene]


def together(user: WandbUser, connection: Connection) -> Scene:
    """A grid, functions and commands; these with a key that is for this sweep alone."""
    config = {
        "method": "grid",
        "command": ["${env}", "${interpreter}", "${program}", "${args_no_hyphens}"],
        "parameters": {"a": {"values": [1, 2]}, "nested": {"parameters": {"b": {"values": ["x", "y"]}}}},
    }
    sweep = _sweep(user, connection, "together", config, "train()")
    asked = NewKey(name="agents", sweep_id=sweep.id)
    service = connection.request("POST", "/keys", body=asked, reply=KeyMade)
    agent = user.start("wandb", "agent", sweep.path, WANDB_API_KEY=service.secret)
    return Scene(user, sweep, {"commands": agent, "functions": _calls(user, sweep)})


def early(user: WandbUser, connection: Connection) -> Scene:
    """Runs that are worse than three others."""
    rule = {"early_terminate": {"type": "hyperband", "min_iter": 3}}
    config = {"method": "grid", "parameters": {"a": {"values": [1, 2, 3, 4, 5]}}, **rule}
    sweep = _sweep(user, connection, "early", config, "endless()")
    for _ in range(3):
        _good_run(connection, sweep)
    agent = user.start("wandb", "agent", "--count", "1", sweep.path, **_SOON)
    return Scene(user, sweep, {"commands": agent, "functions": _calls(user, sweep, "endless", count=1)})


def canceled(user: WandbUser, connection: Connection) -> Scene:
    """A run that would never end."""
    lines = "import os\nopen('pid', 'w').write(str(os.getpid()))\nendless()"
    sweep = _sweep(user, connection, "canceled", {"method": "random", "parameters": ONE}, lines)
    return Scene(user, sweep, {"commands": user.start("wandb", "agent", sweep.path, **_SOON)})


def broken(user: WandbUser, connection: Connection) -> Scene:
    """A program that cannot begin."""
    sweep = _sweep(user, connection, "broken", {"method": "random", "parameters": ONE})
    user.write("run.py", "raise SystemExit('no data')")
    agent = user.start("wandb", "agent", sweep.path, WANDB_AGENT_MAX_INITIAL_FAILURES="3")
    return Scene(user, sweep, {"commands": agent})


def capped(user: WandbUser, connection: Connection) -> Scene:
    """Bayes, with a cap."""
    sweep = _sweep(user, connection, "capped", {"method": "bayes", "run_cap": 3, "parameters": ONE})
    return Scene(user, sweep, {"functions": _calls(user, sweep)})


def preempted(user: WandbUser, connection: Connection) -> Scene:
    """A run whose machine is taken away once."""
    lines = (
        'with wandb.init(resume="allow") as run:\n'
        '    run.log({"loss": 1.0})\n'
        "    if not run.resumed:\n"
        "        run.mark_preempting()\n"
        "        raise SystemExit(1)\n"
    )
    sweep = _sweep(user, connection, "preempted", {"method": "random", "parameters": ONE}, lines)
    return Scene(user, sweep, {"commands": user.start("wandb", "agent", "--count", "2", sweep.path)})


def signalled(user: WandbUser, connection: Connection) -> Scene:
    """A run that ends when it is asked to, after its agent's heartbeats have ended."""
    lines = (
        "import signal\n"
        "told = []\n"
        "signal.signal(signal.SIGTERM, lambda number, _: told.append(number))\n"
        "with wandb.init() as run:\n"
        '    run.log({"loss": 2.0})\n'
        "    while not told:\n"
        "        time.sleep(0.05)\n"
        '    run.log({"loss": 1.0, "signal": told[0]})\n'
    )
    sweep = _sweep(user, connection, "signalled", {"method": "random", "parameters": ONE}, lines)
    agent = user.start("wandb", "agent", "--forward-signals", sweep.path, **_SOON)
    return Scene(user, sweep, {"commands": agent})


def controlled(user: WandbUser, connection: Connection) -> Scene:
    """The client's own controller chooses the runs."""
    config = {"method": "grid", "controller": {"type": "local"}, "parameters": {"a": {"values": [1, 2]}}}
    sweep = _sweep(user, connection, "controlled", config)
    controller = user.start("wandb", "controller", "--verbose", sweep.id)
    return Scene(user, sweep, {"controller": controller, "functions": _calls(user, sweep)})


def scheduled(user: WandbUser, connection: Connection) -> Scene:
    """The client's own scheduler chooses the runs."""
    config = {"method": "random", "scheduler": {"engine": "wandb"}, "run_cap": 2, "parameters": ONE}
    sweep = _sweep(user, connection, "scheduled", config)
    scheduler = user.start("wandb", "sweep-scheduler", "--poll-interval", "5", sweep.path)
    return Scene(user, sweep, {"scheduler": scheduler, "functions": _calls(user, sweep)})


SCENES: tuple[Play, ...] = (together, early, canceled, broken, capped, preempted, signalled, controlled, scheduled)


def _sweep(
    user: WandbUser, connection: Connection, project: str, config: dict[str, Any], lines: str = "train()"
) -> Watched:
    """Made by besom's own client; ``lines`` are the program's."""
    user.write("train.py", TRAIN)
    user.write("run.py", f"from train import *\n{lines}\n")
    return Watched.create(connection, project, {"metric": METRIC, "program": "run.py", **config})


def _calls(user: WandbUser, sweep: Watched, function: str = "train", count: int | None = None) -> Any:
    """An agent that calls a function."""
    script = f"import train, wandb; wandb.agent({sweep.path!r}, train.{function}, count={count})"
    return user.start("python", "-c", script, **_SOON)


def _good_run(connection: Connection, sweep: Watched) -> None:
    """A run that has logged nine good values, worked off by an agent of besom's own."""
    new = NewAgent(host="here", pid=1)
    agent = connection.request("POST", f"/sweeps/{sweep.id}/agents", body=new, reply=AgentJoined).agent_id
    run = connection.request("POST", f"/agents/{agent}/next", body=NextRequest(wait=0), reply=NextRun).run_id
    began = NewRun(id=run, sweep_id=sweep.id, agent_id=agent, started=1.0)
    connection.exchange("POST", f"/projects/{sweep.project}/runs", body=began)
    rows = [{"type": "history", "step": step, "time": 2, "data": {"loss": 0.1}} for step in range(9)]
    spool = "\n".join(map(json.dumps, [*rows, {"type": "exit", "code": 0, "time": 3}])) + "\n"
    where = f"/projects/{sweep.project}/runs/{run}/stream"
    connection.exchange("POST", where, query={"offset": 0}, body=spool.encode())
    connection.exchange("DELETE", f"/agents/{agent}")
