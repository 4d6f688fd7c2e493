"""``wandb sweep`` and ``wandb.sweep()`` make sweeps, change them and end them."""

import json
import re
import sys
from pathlib import Path

from besom.protocol import NewRun, RunPage, Sweep, SweepPage, SweepVersionPage, Viewer

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["x", "y"]}},
    "program": "train.py",
}


def write(user, **changes):
    user.write("sweep.yaml", json.dumps({**GRID, **changes}))


def get(connection, sweep):
    return connection.request("GET", f"/sweeps/{sweep}", reply=Sweep)


def test_a_sweep_is_made_replaced_stopped_resumed_paused_and_canceled(user, connection):
    write(user, description="four points", controler="none")
    made = user.wandb("sweep", "-p", "flags", "--name", "nice", "--program", "other.py", "sweep.yaml")
    assert "Did you mean `controller`?" in made
    sweep = get(connection, re.search(r"sweep with ID: (\w+)", made)[1])
    assert f"View sweep at: {sweep.url}" in made
    path = f"{sweep.entity}/flags/{sweep.id}"
    assert f"wandb agent {path}" in made
    assert (sweep.name, sweep.description, sweep.state) == ("nice", "four points", "PENDING")
    assert (sweep.config["program"], sweep.expected_runs) == ("other.py", 4)
    assert "  a:\n    values:\n    - 1\n    - 2\n" in sweep.text, "kept as the client sent it"

    write(user, method="random", run_cap=9)
    assert "Updating sweep with ID" in user.wandb("sweep", "--update", path, "sweep.yaml")
    sweep = get(connection, sweep.id)
    assert (sweep.method, sweep.expected_runs) == ("random", 9)

    for flag, state in [("stop", "FINISHED"), ("resume", "RUNNING"), ("pause", "PAUSED"), ("cancel", "CANCELED")]:
        user.wandb("sweep", f"--{flag}", path)
        assert get(connection, sweep.id).state == state

    write(user, method="random", run_cap=12)
    user.wandb("sweep", "--update", path, "sweep.yaml")
    versions = connection.request("GET", f"/sweeps/{sweep.id}/versions", reply=SweepVersionPage).versions
    assert versions[0].changes == ["run_cap: 9 → 12"]


def test_what_cannot_be_is_explained_and_makes_nothing(user, connection):
    write(user, parameters={"a": {"vlues": [1, 2]}})
    refused = user.wandb("sweep", "-p", "wrong", "sweep.yaml", fails=True)
    assert "A parameter has no key `vlues`. Did you mean `values`?" in refused
    assert "Traceback" not in refused
    write(user)
    refused = user.wandb("sweep", "-p", "wrong", "-R", "gone", "sweep.yaml", fails=True)
    assert "The prior run 'gone' does not exist in this project." in refused
    assert "Sweep me/wrong/nothere not found" in user.wandb("sweep", "--stop", "me/wrong/nothere", fails=True)


PRIOR = """
import json, wandb
config = json.load(open("sweep.yaml"))
made = wandb.sweep(config, project="prior", prior_runs=["old1", "old2", "old3"])
sweep = wandb.Api().sweep(f"prior/{made}")
assert sweep.expected_run_count == 4, "one of the runs is no point of the grid"
print("runs", sorted(run.id for run in sweep.runs))
"""


def test_a_sweep_learns_from_runs_that_were_there_before_and_besoms_agent_works_it_off(user, connection):
    project = connection.request("GET", "/viewer", reply=Viewer).entity + "/prior"
    for run, config in {"old1": {"a": 1, "b": "x"}, "old2": {"a": 2, "b": "y"}, "old3": {}}.items():
        connection.request("POST", f"/projects/{project}/runs", body=NewRun(id=run, config=config, started=1.0))
        ended = b'{"type":"history","step":0,"time":2,"data":{"loss":0.5}}\n{"type":"exit","code":0,"time":3}\n'
        connection.exchange("POST", f"/projects/{project}/runs/{run}/stream", query={"offset": 0}, body=ended)
    write(user)
    assert "runs ['old1', 'old2', 'old3']" in user.python(PRIOR)
    (sweep,) = connection.request("GET", f"/projects/{project}/sweeps", reply=SweepPage).sweeps
    user.write("train.py", "import wandb\nwith wandb.init() as run:\n    run.log({'loss': 1.0})\n")
    user.run(
        str(Path(sys.executable).with_name("besom")), "agent", f"{project}/{sweep.id}", BESOM_HOME=str(user.folder)
    )
    runs = connection.request("GET", f"/projects/{project}/runs", reply=RunPage).runs
    assert [run.state for run in runs] == ["finished"] * 5
    new = [run.params for run in runs if not run.id.startswith("old")]
    assert sorted(new, key=str) == [{"a": 1, "b": "y"}, {"a": 2, "b": "x"}]
