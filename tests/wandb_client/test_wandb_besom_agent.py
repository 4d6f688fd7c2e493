"""Programs that log with W&B's client, started by ``besom agent``: they find the server and their run by themselves."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from wandb_user import CLIENT_BIN

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


def test_runs_under_besoms_agent_are_claimed_reported_and_ended_once(user, server, connection):
    user.write("train.py", PROGRAM)
    sweep = {
        "program": "train.py",
        "command": [str(CLIENT_BIN / "python"), "${program}"],
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"a": {"values": [1, 2]}},
    }
    user.write("sweep.yaml", json.dumps(sweep))
    settings = {
        "BESOM_BASE_URL": server.url,
        "BESOM_API_KEY": server.key,
        "BESOM_HOME": str(user.folder / "home"),
        "WANDB_BASE_URL": "",
        "WANDB_API_KEY": "",
    }
    made = user.run(BESOM, "sweep", "--project", "mixed", "sweep.yaml", **settings)
    sweep_id = re.search(r"sweeps/(\w+)", made)[1]
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
