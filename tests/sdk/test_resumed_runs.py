"""Going on with a run: online, offline, by itself, inside a sweep."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

import besom
from besom.client.connection import Connection
from besom.config.parameter_file import write_parameters
from besom.errors import ApiError, SettingsError, UsageError
from besom.protocol import AgentJoined, NewAgent, NextReply, NextRequest, NextRun, PreemptingRecord, RunExit
from besom.sdk import sync

PROJECT = "resumed"


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("resume", ["allow", "must"])
def test_a_resumed_run_has_its_step_summary_and_config_again(view, resume: str) -> None:
    with besom.init(project=PROJECT, config={"lr": 0.1, "net": {"width": 8}}) as first:
        first.log({"loss": 3.0})
        first.log({"loss": 2.0, "worst": math.inf})
    assert not first.resumed
    with besom.init(project=PROJECT, id=first.id, resume=resume, config={"epochs": 5}) as second:
        assert second.resumed
        assert (second.step, second.starting_step) == (2, 2)
        assert second.config.as_dict() == {"lr": 0.1, "net": {"width": 8}, "epochs": 5}
        assert second.summary.as_dict() == {"loss": 2.0, "worst": math.inf, "_step": 1} | {
            key: value for key, value in second.summary.items() if key in ("_timestamp", "_runtime")
        }
        second.log({"loss": 1.0})
    assert view.logged(PROJECT, first.id, "loss") == [3.0, 2.0, 1.0]
    shown = view.run(PROJECT, first.id)
    assert (shown.state, shown.config["epochs"], shown.summary["loss"]) == ("finished", 5, 1.0)
    assert first.name == second.name


@pytest.mark.usefixtures("online")
def test_must_wants_a_run_never_wants_none_and_allow_takes_both(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="no run nosuchid"):
        besom.init(project=PROJECT, id="nosuchid", resume="must", dir=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "besom").exists()
    with besom.init(project=PROJECT, id="somerun1", resume="allow") as run:
        assert not run.resumed
    with pytest.raises(UsageError, match="no id"):
        besom.init(project=PROJECT, resume="must")
    with pytest.raises(SettingsError, match="allow, must, never, auto"):
        besom.init(project=PROJECT, resume="perhaps")


@pytest.mark.usefixtures("online")
def test_never_refuses_a_run_that_another_process_made(start) -> None:
    start(f"import besom\nbesom.init(project='{PROJECT}', id='somerun2').log({{'a': 1}})\n").communicate()
    with pytest.raises(ApiError, match="somerun2"):
        besom.init(project=PROJECT, id="somerun2", resume="never")


@pytest.mark.usefixtures("online")
def test_the_environment_can_ask_to_resume(view, monkeypatch: pytest.MonkeyPatch) -> None:
    besom.init(project=PROJECT, id="somerun3").finish()
    monkeypatch.setenv("WANDB_RUN_ID", "somerun3")
    monkeypatch.setenv("WANDB_RESUME", "must")
    with besom.init(project=PROJECT) as run:
        assert run.resumed
        run.log({"loss": 1.0})
    assert view.logged(PROJECT, "somerun3", "loss") == [1.0]


CRASHING = """
import besom, os

run = besom.init(project="resumed", resume="auto")
print(run.id, run.resumed, run.step, flush=True)
run.log({"loss": run.step})
if run.step < 3:
    os._exit(1)
"""


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_auto_goes_on_with_a_run_that_did_not_end_well(start, server, mode: str) -> None:
    said = [
        start(CRASHING, BESOM_MODE=mode, BESOM_BASE_URL=server.url, BESOM_API_KEY=server.key).communicate()[0].split()
        for _ in range(4)
    ]
    run_id = said[0][0]
    assert [line[0] for line in said[:3]] == [run_id] * 3
    assert [line[1] for line in said] == ["False", "True", "True", "False"]
    assert [line[2] for line in said[:3]] == ["0", "1", "2"]
    assert said[3][0] != run_id


@pytest.mark.usefixtures("offline")
def test_an_offline_run_goes_on_where_it_was_and_arrives_whole(view, connection: Connection, tmp_path: Path) -> None:
    with besom.init(project=PROJECT, config={"lr": 0.1}, id="offline1") as first:
        first.log({"loss": 2.0})
        first.summary["best"] = 1
    with besom.init(project=PROJECT, id="offline1", resume="must") as second:
        assert (second.step, second.config.lr, second.summary["best"]) == (1, 0.1, 1)
        second.log({"loss": 1.0})
    with pytest.raises(UsageError, match="no run 'nosuchid'"):
        besom.init(project=PROJECT, id="nosuchid", resume="must")
    for folder in sync.unsent(tmp_path / "besom"):
        assert sync.ship(folder, connection).complete
    assert view.logged(PROJECT, "offline1", "loss") == [2.0, 1.0]


@pytest.mark.usefixtures("online")
def test_what_a_killed_process_left_here_is_sent_before_the_run_goes_on(start, view, tmp_path: Path) -> None:
    start(
        f"""
        import besom, os
        run = besom.init(project="{PROJECT}", id="leftover")
        run._sender.abandon()
        run._sender.join()
        run.log({{"loss": 2.0}})
        os._exit(1)
        """
    ).communicate()
    with besom.init(project=PROJECT, id="leftover", resume="allow") as run:
        assert (run.step, run.summary["loss"]) == (1, 2.0)
        run.log({"loss": 1.0})
    assert sync.unsent(tmp_path / "besom") == []
    assert view.logged(PROJECT, "leftover", "loss") == [2.0, 1.0]


def take(connection: Connection, sweep_id: str) -> tuple[str, NextRun]:
    joined = connection.request(
        "POST", f"/sweeps/{sweep_id}/agents", body=NewAgent(host="h", pid=os.getpid()), reply=AgentJoined
    )
    work = connection.request("POST", f"/agents/{joined.agent_id}/next", body=NextRequest(), reply=NextReply)
    assert isinstance(work, NextRun)
    return joined.agent_id, work


@pytest.mark.usefixtures("online")
def test_a_preempted_run_of_a_sweep_goes_on_when_it_is_handed_out_again(
    connection: Connection, view, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sweep_id = besom.sweep({"method": "grid", "parameters": {"lr": {"values": [0.1, 0.2]}}}, project="preempted")
    path = tmp_path / "sweep" / "config.yaml"
    path.parent.mkdir()

    def given(agent_id: str, work: NextRun) -> None:
        path.write_text(write_parameters(work.params))
        said = {"SWEEP_ID": sweep_id, "RUN_ID": work.run_id, "AGENT_ID": agent_id, "SWEEP_PARAM_PATH": str(path)}
        for name, value in {**said, "RESUME": "allow" if work.resume else ""}.items():
            monkeypatch.setenv(f"BESOM_{name}", value)

    agent_id, work = take(connection, sweep_id)
    given(agent_id, work)
    run = besom.init()
    run.log({"epoch": 0})
    run.mark_preempting()
    run.finish(exit_code=1)
    connection.request("POST", f"/agents/{agent_id}/runs/{work.run_id}/exit", body=RunExit(exit_code=1))
    assert view.run("preempted", run.id).state == "preempted"

    agent_id, again = take(connection, sweep_id)
    assert (again.run_id, again.resume, again.params) == (work.run_id, True, work.params)
    given(agent_id, again)
    with besom.init() as resumed:
        assert (resumed.id, resumed.resumed, resumed.step) == (run.id, True, 1)
        assert resumed.config.lr == work.params["lr"]
        resumed.log({"epoch": 1})
    assert resumed.folder != run.folder
    assert sync.folder_of(path) == resumed.folder
    assert view.logged("preempted", run.id, "epoch") == [0, 1]
    assert view.run("preempted", run.id).state == "finished"


@pytest.mark.usefixtures("offline")
def test_mark_preempting_is_a_record(records) -> None:
    with besom.init() as run:
        run.mark_preempting()
    assert sum(isinstance(record, PreemptingRecord) for record in records()) == 1


@pytest.mark.usefixtures("offline")
def test_in_a_sweep_the_program_cannot_choose_a_run_to_resume(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("WANDB_SWEEP_ID", "sw123456")
    monkeypatch.setenv("WANDB_RUN_ID", "given001")
    with besom.init(id="chosen", resume="must") as run:
        assert (run.id, run.resumed) == ("given001", False)
    said = capsys.readouterr().err
    assert "init(resume='must') is ignored: the run belongs to a sweep" in said
    assert "init(id='chosen') is ignored" in said
