"""Runs beside and after a sweep, and sweeps' runs that reach the server late."""

from __future__ import annotations

import os

import pytest

import besom
from besom.client.connection import Connection
from besom.config.parameter_file import write_parameters
from besom.protocol import AgentJoined, NewAgent, NextReply, NextRequest, NextRun
from besom.sdk import sync

GRID = {"method": "grid", "metric": {"name": "loss", "goal": "minimize"}, "parameters": {"lr": {"values": [0.5, 0.25]}}}


@pytest.mark.usefixtures("online")
def test_a_run_after_the_agent_has_returned_is_outside_the_sweep(view) -> None:
    sweep_id = besom.sweep(GRID, project="agent")
    inside = []

    def train() -> None:
        with besom.init() as run:
            inside.append((run.sweep_id, run.config.lr))
            run.log({"loss": run.config.lr})

    besom.agent(sweep_id, function=train)
    assert inside == [(sweep_id, 0.5), (sweep_id, 0.25)]
    with besom.init(project="after") as run:
        run.log({"loss": 1.0})
    assert (run.sweep_id, run.project, dict(run.config)) == (None, "after", {})
    assert view.logged("after", run.id, "loss") == [1.0]


@pytest.mark.usefixtures("offline")
def test_an_offline_run_of_a_sweep_has_its_values_at_once_and_is_in_the_sweep_after_sync(
    connection: Connection, server, view, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    with monkeypatch.context() as online:
        online.setenv("BESOM_BASE_URL", server.url)
        online.setenv("BESOM_API_KEY", server.key)
        sweep_id = besom.sweep(GRID, project="late")
    joined = connection.request(
        "POST", f"/sweeps/{sweep_id}/agents", body=NewAgent(host="h", pid=os.getpid()), reply=AgentJoined
    )
    work = connection.request("POST", f"/agents/{joined.agent_id}/next", body=NextRequest(), reply=NextReply)
    assert isinstance(work, NextRun)
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "config.yaml").write_text(write_parameters(work.params))
    monkeypatch.setenv("WANDB_SWEEP_PARAM_PATH", str(tmp_path / "sweep" / "config.yaml"))
    monkeypatch.setenv("WANDB_SWEEP_ID", sweep_id)
    monkeypatch.setenv("WANDB_RUN_ID", work.run_id)
    monkeypatch.setenv("WANDB_PROJECT", "late")
    with besom.init(config={"lr": 9, "epochs": 1}) as run:
        assert run.config.as_dict() == {"lr": 0.5, "epochs": 1}
        run.log({"loss": 0.125})
    assert view.run("late", work.run_id).best is None
    assert sync.ship(run.folder, connection).complete
    shown = view.run("late", work.run_id)
    assert (shown.sweep_id, shown.best, shown.config["epochs"]) == (sweep_id, 0.125, 1)


def test_wandbs_variables_are_enough_to_be_logged_in(server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", server.url)
    monkeypatch.setenv("WANDB_API_KEY", server.key)
    with besom.init(project="job") as run:
        assert run.url.startswith(server.url)
    sweep_id = besom.sweep(GRID, project="job")
    assert besom.Api().sweep(f"job/{sweep_id}").url.startswith(server.url)
