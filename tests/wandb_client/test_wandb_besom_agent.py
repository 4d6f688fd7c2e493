"""Programs that log with W&B's client, started by ``besom agent``: they find the server and their run by themselves."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from wandb_user import CLIENT_BIN

from terminal_user import LONGEST

BESOM = str(Path(sys.executable).parent / "besom")

PROGRAM = """
import sys, wandb

run = wandb.init(config={"epochs": 3, "a": 99})
assert wandb.__version__ == "0.31.0", "not the client but besom in its place"
for epoch in range(run.config.epochs):
    run.log({"loss": run.config.a / (epoch + 1)})
if run.config.a == 2:
    sys.exit(3)
"""


def get(connection, path):
    return json.loads(connection.exchange("GET", path))


ENDLESS = """
import time, wandb

run = wandb.init()
for step in range(10_000):
    run.log({"loss": step})
    print("logged", step, flush=True)
    time.sleep(0.05)
"""


def settings_of(user, server):
    home = str(user.folder / "home")
    besom = {"BESOM_BASE_URL": server.url, "BESOM_API_KEY": server.key, "BESOM_HOME": home}
    return {**besom, "WANDB_BASE_URL": "", "WANDB_API_KEY": ""}


def make_sweep(user, program, values, settings):
    user.write("train.py", program)
    sweep = {
        "program": "train.py",
        "command": [str(CLIENT_BIN / "python"), "${program}"],
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"a": {"values": values}},
    }
    user.write("sweep.yaml", json.dumps(sweep))
    made = user.run(BESOM, "sweep", "--project", "mixed", "sweep.yaml", **settings)
    return re.search(r"sweeps/(\w+)", made)[1]


def test_runs_under_besoms_agent_are_claimed_reported_and_ended_once(user, server, connection):
    settings = settings_of(user, server)
    sweep_id = make_sweep(user, PROGRAM, [1, 2], settings)
    user.run(BESOM, "agent", sweep_id, **settings)

    found = get(connection, f"/sweeps/{sweep_id}")
    assert (found["state"], found["run_count"], found["best"]["value"]) == ("FINISHED", 2, 1 / 3)
    runs = get(connection, f"/projects/{found['entity']}/mixed/runs?sweep={sweep_id}&order=created_at")["runs"]
    told = {run["params"]["a"]: (run["state"], run["exit_code"], run["steps"], run["config"]) for run in runs}
    assert told == {
        1: ("finished", 0, 3, {"epochs": 3, "a": 1}),
        2: ("failed", 3, 3, {"epochs": 3, "a": 2}),
    }
    events = get(connection, f"/sweeps/{sweep_id}/events")["events"]
    for run in runs:
        kinds = sorted(event["kind"] for event in events if event["run_id"] == run["id"])
        assert kinds == sorted(["run.started", f"run.{run['state']}"])


def test_a_run_that_is_stopped_sends_all_that_it_has_logged(user, server, connection):
    settings = settings_of(user, server)
    sweep_id = make_sweep(user, ENDLESS, [1], settings)
    agent = user.start(BESOM, "agent", sweep_id, **settings, BESOM_AGENT_KILL_DELAY="120")
    lines = []
    for line in agent.stdout:
        lines.append(line)
        if line == "logged 40\n":
            found = get(connection, f"/sweeps/{sweep_id}")
            (run,) = get(connection, f"/projects/{found['entity']}/mixed/runs?sweep={sweep_id}")["runs"]
            where = f"/projects/{found['entity']}/mixed/runs/{run['id']}"
            connection.exchange("POST", f"{where}/stop")
    assert agent.wait(LONGEST) == 0
    logged = max(int(line.split()[1]) for line in lines if re.match(r"logged \d+$", line))
    run = get(connection, where)
    assert run["state"] == "killed"
    assert run["steps"] >= logged + 1
