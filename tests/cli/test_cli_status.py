import re
import time

import msgspec
from cli_user import GRID
from test_cli_sweep import create

from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.protocol import (
    AgentJoined,
    ExitRecord,
    NewAgent,
    NewRun,
    NextReply,
    NextRequest,
    Run,
    RunClaimed,
    RunExit,
    StreamAck,
)


def end_a_run(server: Connection, entity: str, project: str, sweep: str, run: str = "quiet001", code: int = 0) -> None:
    """A run of the sweep that logs nothing and ends."""
    route = f"{project_route(entity, project)}/runs"
    new = NewRun(id=run, sweep_id=sweep, started=time.time())
    server.request("POST", route, body=new, reply=RunClaimed)
    line = msgspec.json.encode(ExitRecord(code=code, time=time.time())) + b"\n"
    server.request("POST", f"{route}/{run}/stream", query={"offset": 0}, body=line, reply=StreamAck)


def test_somebody_new_sees_what_would_be_used_and_nothing_is_started(newcomer, tmp_path):
    result = newcomer.besom("status")
    assert (result.code, result.err) == (0, "")
    assert "the embedded one, not running" in result.out
    assert not (tmp_path / "new").exists()


def test_sweeps_under_way_are_listed(user):
    path = create(user, "-p", "listed")
    ended = create(user, "-p", "listed")
    user.besom("sweep", "--cancel", ended)
    out = user.besom("status").out
    assert re.search(rf"listed/{path.rsplit('/', 1)[1]} +PENDING", out)
    assert ended.rsplit("/", 1)[1] not in out


def test_a_sweep_shows_state_progress_and_the_next_step(user):
    path = create(user)
    out = user.besom("status", path).out
    assert out.startswith(f"Sweep {path}\n")
    assert "State:    PENDING" in out
    assert "Method:   grid" in out
    assert "Runs:     0 of 3" in out
    assert out.endswith(f"Start one with: besom agent {path}\n")


def test_a_controller_at_work_is_named(user, server):
    path = create(user, text="controller: {type: local}\n" + GRID)
    assert "Search:" not in user.besom("status", path).out
    route = f"/sweeps/{path.rsplit('/', 1)[1]}/agents"
    name = server.request("POST", route, body=NewAgent(host="box", pid=7, slots=0), reply=AgentJoined).sweep.controller
    assert f"Search:   by the controller {name}\n" in user.besom("status", path).out


def test_what_is_used_of_a_budget_and_who_is_in_quarantine_is_told(user, server):
    budget = "metric: {name: loss}\nbudget: {hours: 5, no_improvement_in: 3}\n"
    path = create(user, text="method: random\nprogram: train.py\nparameters: {lr: {min: 0.0, max: 1.0}}\n" + budget)
    sweep = path.rsplit("/", 1)[1]
    good, bad = (
        server.request("POST", f"/sweeps/{sweep}/agents", body=NewAgent(host="box", pid=pid), reply=AgentJoined)
        for pid in (7, 8)
    )

    def work(agent: str, code: int) -> None:
        run = server.request("POST", f"/agents/{agent}/next", body=NextRequest(wait=0), reply=NextReply).run_id
        new = NewRun(id=run, sweep_id=sweep, started=time.time())
        server.request("POST", f"{project_route(*path.split('/')[:2])}/runs", body=new, reply=RunClaimed)
        server.request("POST", f"/agents/{agent}/runs/{run}/exit", body=RunExit(exit_code=code), reply=Run)

    for code in (1, 1, 1):
        work(bad.agent_id, code)
    for _ in range(2):
        work(good.agent_id, 0)
    while "quarantine" not in (out := user.besom("status", path).out):
        work(bad.agent_id, 1)
    assert "\nBudget:   " in out
    assert " of 5 h, 2 of 3 runs without a better one\n" in out
    assert f"besom release {bad.agent_id}" in out
    released = user.besom("release", bad.agent_id)
    assert released.out.endswith(" is given runs again.\n")
    assert "quarantine" not in user.besom("status", path).out
    work(good.agent_id, 0)
    out = user.besom("sweep", "--resume", path).out
    assert "But budget.no_improvement_in is used up" in out


def test_a_metric_that_no_run_logged_is_named(user, server):
    path = create(user, text=GRID + "metric: {name: val_loss}\n")
    assert "Best:     none yet" in user.besom("status", path).out
    entity, project, identity = path.split("/")
    end_a_run(server, entity, project, identity)
    assert "Best:     none: no run has logged a number as 'val_loss'" in user.besom("status", path).out


def test_more_runs_than_run_cap_says_are_explained(user, server):
    path = create(user, text=GRID + "run_cap: 1\n")
    for run, code in (("broken01", 1), ("quiet002", 0)):
        end_a_run(server, *path.split("/"), run, code)
    told = "2 (1 failed, 1 finished); run_cap is 1, and runs that broke before they logged do not count"
    assert told in user.besom("status", path).out


def test_a_server_that_is_away_is_no_failure_of_status(newcomer):
    result = newcomer.besom("status", BESOM_BASE_URL="http://127.0.0.1:9")
    assert result.code == 0
    assert "No besom server answers at http://127.0.0.1:9" in result.err
    assert "besom status" not in result.err  # it need not send anybody where they are
    assert "Key:       none" in result.out


def test_an_unknown_sweep_is_an_error(user):
    assert "There is no sweep nothing1" in user.fails("status", "nothing1")


def test_a_file_is_not_a_sweep(user):
    user.write("sweep.yaml", GRID)
    said = user.fails("status", "sweep.yaml")
    assert "sweep.yaml is a file" in said
    assert "besom sweep sweep.yaml" in said
