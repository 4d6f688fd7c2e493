"""Runs that a real server hears of while they go on."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import besom
from besom.client.connection import Connection
from besom.config.parameter_file import write_parameters
from besom.errors import ApiError, AuthenticationError, BesomError, ServerUnreachable, SettingsError, UsageError
from besom.protocol import AgentJoined, NewAgent, NextReply, NextRequest, NextRun, ProjectPage, Sweep
from besom.sdk import delivery, online, sender, spool, stream, sync
from server_process import ServerProcess

PROJECT = "online"
GRID = {"method": "grid", "parameters": {"lr": {"values": [0.5, 0.25]}}}


@pytest.mark.usefixtures("online")
def test_the_server_has_all_of_a_run_that_finished(view) -> None:
    with besom.init(project=PROJECT, name="named", tags=["t"], group="g", config={"lr": 0.1}) as run:
        run.config.epochs = 3
        for value in range(10):
            run.log({"value": value})
        run.summary["best"] = 99
    shown = view.run(PROJECT, run.id)
    assert (shown.name, shown.state, shown.exit_code, shown.tags, shown.group) == ("named", "finished", 0, ["t"], "g")
    assert shown.config == {"lr": 0.1, "epochs": 3}
    assert (shown.summary["value"], shown.summary["best"]) == (9, 99)
    assert view.logged(PROJECT, run.id, "value") == list(range(10))
    assert [row["_step"] for row in view.rows(PROJECT, run.id)] == list(range(10))
    assert run.url == shown.url
    assert spool.is_done(run.folder)


@pytest.mark.usefixtures("online")
def test_values_are_on_the_server_while_the_run_goes_on(view, until) -> None:
    run = besom.init(project=PROJECT)
    run.log({"value": 1})
    until(lambda: view.logged(PROJECT, run.id, "value") == [1])
    assert view.run(PROJECT, run.id).state == "running"
    run.log({"value": 2})
    until(lambda: view.logged(PROJECT, run.id, "value") == [1, 2])


@pytest.mark.usefixtures("online")
def test_a_quiet_run_keeps_telling_that_it_is_alive(view, until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "HEARTBEAT_SECONDS", 0.1)
    run = besom.init(project=PROJECT)
    begun = view.run(PROJECT, run.id).heartbeat
    until(lambda: view.run(PROJECT, run.id).heartbeat > begun + 0.3)


@pytest.mark.usefixtures("online")
def test_a_failed_program_is_a_failed_run(start, view) -> None:
    process = start("import besom\nprint(besom.init(project='online').id, flush=True)\nraise ValueError('boom')\n")
    run_id = process.stdout.readline().strip()
    _, error = process.communicate()
    assert "ValueError: boom" in error
    assert (view.run(PROJECT, run_id).state, view.run(PROJECT, run_id).exit_code) == ("failed", 1)


@pytest.mark.usefixtures("online")
def test_the_server_names_a_run_without_a_name(capsys) -> None:
    run = besom.init(project=PROJECT)
    assert run.name != run.id
    run.finish()
    said = capsys.readouterr().err
    assert said.count(run.url) == 2
    assert run.name in said


@pytest.mark.usefixtures("online")
def test_quiet_keeps_finish_from_printing(capsys) -> None:
    run = besom.init(project=PROJECT)
    capsys.readouterr()
    run.finish(quiet=True)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("online")
def test_an_id_whose_run_has_values_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = besom.init(project=PROJECT, id="taken-id")
    run.finish()
    with pytest.raises(UsageError, match="taken-id"):
        besom.init(project=PROJECT, id="taken-id")
    from besom.sdk import init

    monkeypatch.setattr(init, "_used", set())  # as another process would see it
    with pytest.raises(ApiError, match="another process has logged"):
        besom.init(project=PROJECT, id="taken-id", dir=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "besom").exists()


def test_a_wrong_key_is_told_at_once_and_leaves_nothing(server, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BESOM_BASE_URL", server.url)
    monkeypatch.setenv("BESOM_API_KEY", "x" * 40)
    parameter_file = tmp_path / "config-x.yaml"
    parameter_file.write_text(write_parameters({"lr": 1}))
    monkeypatch.setenv("BESOM_RUN_ID", "again123")
    monkeypatch.setenv("BESOM_SWEEP_PARAM_PATH", str(parameter_file))
    with pytest.raises(AuthenticationError):
        besom.init(project=PROJECT)
    assert besom.run is None
    assert not (tmp_path / "besom").exists()
    monkeypatch.setenv("BESOM_API_KEY", server.key)
    assert besom.init(project=PROJECT).id == "again123"


@pytest.mark.usefixtures("online")
def test_a_folder_that_cannot_be_used_leaves_no_run_on_the_server(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="BESOM_DIR"):
        besom.init(project="unfounded", dir=tmp_path / "file")
    assert "unfounded" not in [
        project.name for project in connection.request("GET", "/projects", reply=ProjectPage).projects
    ]


@pytest.mark.usefixtures("online")
def test_a_run_that_is_stopped_ends_its_program_as_ctrl_c_does(start, connection: Connection, view, until) -> None:
    process = start(
        """
        import besom, threading, time

        run = besom.init(project="online")

        def work():
            while True:
                run.log({"a": 1})
                time.sleep(0.05)

        threading.Thread(target=work, daemon=True).start()
        try:
            print(run.id, flush=True)  # from now on it may be stopped
            time.sleep(600)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            raise
        """
    )
    run_id = process.stdout.readline().strip()
    connection.request("POST", f"/projects/{view.entity}/{PROJECT}/runs/{run_id}/stop")
    output, error = process.communicate(timeout=120)
    assert output == "interrupted\n"
    assert process.returncode == -signal.SIGINT
    assert "told to end: stopped by" in error
    assert view.run(PROJECT, run_id).state == "killed"


@pytest.mark.usefixtures("online")
def test_a_run_that_is_stopped_ends_its_program_in_the_background_of_a_script_too(
    start, connection: Connection, view
) -> None:
    process = start(
        """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as shells do for programs that they start with &
        import besom, time

        run = besom.init(project="online")
        run.log({"a": 1})
        print(run.id, flush=True)
        time.sleep(600)
        """
    )
    run_id = process.stdout.readline().strip()
    connection.request("POST", f"/projects/{view.entity}/{PROJECT}/runs/{run_id}/stop")
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGTERM
    shown = view.run(PROJECT, run_id)
    assert (shown.state, shown.summary["a"]) == ("killed", 1)


@pytest.mark.usefixtures("online")
def test_a_run_that_was_deleted_goes_on_locally(connection: Connection, view, until, capsys) -> None:
    run = besom.init(project=PROJECT)
    connection.request("DELETE", f"/projects/{view.entity}/{PROJECT}/runs/{run.id}")
    run.log({"a": 1})
    until(lambda: run._sender.failure)
    run.log({"a": 2})
    run.finish()
    said = capsys.readouterr().err
    assert said.count("Nothing more is sent") == 1
    assert f"besom sync {run.folder}" not in said  # it would be refused
    assert f"To another project: besom sync --project NAME {run.folder}" in said
    assert sync.ship(run.folder, connection, sync.Target(project="another")).complete
    assert (run.folder / spool.FILE_NAME).read_bytes().count(b'"history"') == 2


@pytest.mark.usefixtures("online")
def test_a_fault_in_the_sender_is_shown_and_the_program_goes_on(monkeypatch, until, capsys) -> None:
    run = besom.init(project=PROJECT)
    monkeypatch.setattr(run._sender.stream, "send", lambda: 1 / 0)
    run.log({"a": 1})
    until(lambda: run._sender.failure)
    run.log({"a": 2})
    run.finish()
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert not spool.is_done(run.folder)


@pytest.mark.usefixtures("online")
def test_a_spool_that_cannot_be_read_for_a_while_is_sent_afterwards(view, until, capsys) -> None:
    run = besom.init(project=PROJECT)
    run.log({"a": 1})
    until(lambda: view.logged(PROJECT, run.id, "a") == [1])
    handle, away = run._sender.stream._file, run.folder / "away"
    (run.folder / spool.FILE_NAME).rename(away)
    with open("/proc/self/mem", "rb", buffering=0) as lost:  # whoever reads its beginning gets EIO, as of a lost disk
        os.dup2(lost.fileno(), handle)
    run.log({"a": 2})
    until(lambda: run._sender.failure)
    away.rename(run.folder / spool.FILE_NAME)
    run.finish()
    os.close(handle)
    said = capsys.readouterr().err
    assert (said.count("Input/output error"), said.count("Sending goes on.")) == (1, 1)
    assert view.logged(PROJECT, run.id, "a") == [1, 2]
    assert spool.is_done(run.folder)


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server", "--embedded", str(tmp_path / "server"), "--port", "0")
    monkeypatch.setenv("BESOM_BASE_URL", server.url)
    monkeypatch.setenv("BESOM_API_KEY", server.key)
    monkeypatch.setattr(sender, "LONGEST_BACKOFF", 0.3)
    yield server
    server.kill()


def test_a_server_that_is_killed_and_comes_back_misses_nothing(
    own_server: ServerProcess, view_of, until, capsys
) -> None:
    run = besom.init(project=PROJECT)
    for value in range(100):
        run.log({"value": value})
        if value == 30:
            own_server.kill()
        if value == 60:
            until(lambda: run._sender.failure)
    own_server.start()
    run.finish()
    said = capsys.readouterr().err
    assert said.count("sent when it is back") == 1
    assert said.count(f"{own_server.url} is back") == 1
    view = view_of(Connection(own_server.url, own_server.key))
    assert view.logged(PROJECT, run.id, "value") == list(range(100))
    assert view.run(PROJECT, run.id).state == "finished"


def test_a_server_that_is_away_at_the_start_gets_the_run_later(
    own_server: ServerProcess, view_of, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(online, "CLAIM_PATIENCE", 0.0)
    own_server.kill()
    run = besom.init(project=PROJECT)
    run.log({"value": 1})
    own_server.start()
    run.finish()
    assert view_of(Connection(own_server.url, own_server.key)).logged(PROJECT, run.id, "value") == [1]
    said = capsys.readouterr().err
    assert f"Run {run.id} goes on" in said
    assert said.count("sent when it is back") == 1
    assert said.count(f"{own_server.url} is back") == 1


def test_a_server_that_stays_away_holds_the_program_up_for_a_bounded_time(server, monkeypatch, capsys) -> None:
    monkeypatch.setattr(online, "CLAIM_PATIENCE", 0.0)
    monkeypatch.setattr(delivery, "PATIENCE_WITH_STRANGERS", 0.1)
    monkeypatch.setenv("BESOM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BESOM_API_KEY", "k" * 40)
    run = besom.init(project=PROJECT)
    run.log({"value": 1})
    run.finish()
    run._sender.join(30)
    said = capsys.readouterr().err
    assert f"besom sync {run.folder}" in said
    assert "http://127.0.0.1:9 is back" not in said
    assert sync.ship(run.folder, Connection(server.url, server.key)).complete


def test_a_server_is_not_said_to_be_back_where_nothing_was_asked_of_it(
    own_server: ServerProcess, monkeypatch, capsys, until
) -> None:
    monkeypatch.setattr(sender, "HEARTBEAT_SECONDS", 0.1)
    run = besom.init(project=PROJECT)
    until(lambda: run.status().sync_bytes_pending == 0)
    own_server.kill()
    until(lambda: run._sender.failure)

    def refuse(_record: object) -> None:
        raise BesomError("The disk is full.")

    monkeypatch.setattr(run._spool, "write", refuse)  # so there is no last record to be sent
    run.finish()
    said = capsys.readouterr().err
    assert "The disk is full." in said
    assert f"{own_server.url} is back" not in said


def test_a_sender_that_was_given_up_does_not_promise_to_try_again(
    own_server: ServerProcess, monkeypatch, capsys, until
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.1)
    run = besom.init(project=PROJECT)
    until(lambda: run.status().sync_bytes_pending == 0)
    own_server.process.send_signal(signal.SIGSTOP)  # it takes requests, and does not answer
    run._sender.stream.connection.timeout = 2.0
    run.log({"value": 1})
    run.finish()
    run._sender.join(30)
    said = capsys.readouterr().err
    assert f"besom sync {run.folder}" in said
    assert "sent when it is back" not in said


@pytest.mark.usefixtures("online")
def test_sweep_creates_a_sweep_and_returns_its_id(connection: Connection, capsys) -> None:
    config = {**GRID, "project": "from-config", "name": "tidy"}
    before = repr(config)
    sweep_id = besom.sweep(config)
    assert repr(config) == before
    assert len(sweep_id) == 8
    made = connection.request("GET", f"/sweeps/{sweep_id}", reply=Sweep)
    assert (made.project, made.name, made.method) == ("from-config", "tidy", "grid")
    said = capsys.readouterr().err
    assert sweep_id in said
    assert made.url in said


@pytest.mark.usefixtures("online")
def test_sweep_takes_a_function_and_its_arguments_win(connection: Connection) -> None:
    sweep_id = besom.sweep(sweep=lambda: {**GRID, "project": "from-config"}, project="argument")
    assert connection.request("GET", f"/sweeps/{sweep_id}", reply=Sweep).project == "argument"


def take_run(connection: Connection, sweep_id: str) -> tuple[str, NextRun]:
    agent = connection.request(
        "POST", f"/sweeps/{sweep_id}/agents", body=NewAgent(host="h", pid=os.getpid()), reply=AgentJoined
    ).agent_id
    work = connection.request("POST", f"/agents/{agent}/next", body=NextRequest(), reply=NextReply)
    assert isinstance(work, NextRun)
    return agent, work


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("with_file", [True, False])
def test_a_run_under_an_agent_claims_what_was_handed_out(
    connection: Connection, view, monkeypatch, tmp_path: Path, with_file: bool
) -> None:
    sweep_id = besom.sweep(GRID, project="swept")
    agent_id, work = take_run(connection, sweep_id)
    monkeypatch.setenv("BESOM_SWEEP_ID", sweep_id)
    monkeypatch.setenv("BESOM_RUN_ID", work.run_id)
    monkeypatch.setenv("BESOM_AGENT_ID", agent_id)
    if with_file:
        (tmp_path / "config.yaml").write_text(write_parameters(work.params))
        monkeypatch.setenv("BESOM_SWEEP_PARAM_PATH", str(tmp_path / "config.yaml"))
    with besom.init(config={"lr": 7, "epochs": 2}) as run:
        assert run.config.as_dict() == {"lr": work.params["lr"], "epochs": 2}
        run.config.lr = 9
        run.log({"loss": 1.0})
        assert (run.sweep_id, run.sweep_url) == (
            sweep_id,
            connection.request("GET", f"/sweeps/{sweep_id}", reply=Sweep).url,
        )
    shown = view.run("swept", work.run_id)
    assert (shown.sweep_id, shown.state, shown.name) == (sweep_id, "finished", work.run_name)
    assert shown.config == {"lr": work.params["lr"], "epochs": 2}


@pytest.mark.usefixtures("online")
def test_a_single_run_is_attached_to_a_sweep_by_its_id(view, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_id = besom.sweep(GRID, project="attached")
    monkeypatch.setenv("WANDB_SWEEP_ID", sweep_id)
    with besom.init(project="ignored") as run:
        run.log({"loss": 1.0})
    assert run.project == "attached"
    assert view.run("attached", run.id).sweep_id == sweep_id


@pytest.mark.usefixtures("online")
def test_an_unknown_sweep_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_SWEEP_ID", "nosuch00")
    with pytest.raises(ApiError, match="nosuch00"):
        besom.init()


def test_login_checks_and_keeps_the_key(server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AuthenticationError):
        besom.login(key="x" * 40, host=server.url)
    with pytest.raises(AuthenticationError, match="no terminal"):
        besom.login(host=server.url)
    assert besom.login(key=server.key, host=server.url)
    with besom.init(project=PROJECT) as run:
        assert run.url.startswith(server.url)


def test_with_no_server_configured_there_is_nothing_to_log_in_to() -> None:
    assert besom.login()


@pytest.mark.parametrize(
    ("misses", "chance", "seconds"), [(1, 0.0, 0.25), (1, 1.0, 0.5), (4, 1.0, 4.0), (99, 1.0, 30.0)]
)
def test_pauses_grow_up_to_a_limit_and_are_spread(misses: int, chance: float, seconds: float) -> None:
    assert sender.backoff(misses, chance) == seconds


def test_only_an_answer_that_may_change_is_worth_asking_for_again() -> None:
    assert sender.is_away(ServerUnreachable("away"))
    assert sender.is_away(ApiError("busy", status=503, code="busy"))
    assert not sender.is_away(ApiError("gone", status=410, code="run_deleted"))
    assert not sender.is_away(stream.ForeignData("another run"))


@pytest.mark.usefixtures("online")
def test_what_several_calls_log_of_one_step_is_one_row_of_the_history() -> None:
    with besom.init(project=PROJECT) as run:
        run.log({"a": 1}, commit=False)
        run.log({"b": 2})
        run.log({"a": 3}, step=5)
        run.log({"b": 4}, step=5)
        run.log({"c": 5}, step=6)
    read = besom.Api().run(run.path)
    rows = [{key: value for key, value in row.items() if key != "_timestamp"} for row in read.scan_history(page_size=1)]
    assert rows == [{"_step": 0, "a": 1, "b": 2}, {"_step": 5, "a": 3, "b": 4}, {"_step": 6, "c": 5}]
    assert list(read.scan_history(keys=["a", "b"])) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


@pytest.mark.usefixtures("online")
def test_a_slow_server_is_named_while_the_program_waits_for_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sender, "PROGRESS_AFTER", 0.0)
    run = besom.init(project=PROJECT)
    send, finish, told = run._sender.stream.send, run._sender.finish, threading.Event()
    monkeypatch.setattr(run._sender.stream, "send", lambda: (told.wait(60), send())[1])

    def noted(patience, progress):
        return finish(patience, lambda left: (progress(left), told.set()))

    monkeypatch.setattr(run._sender, "finish", noted)
    run.log({"a": 1})
    run.finish()
    said = capsys.readouterr().err
    assert f"Waiting for {run._sender.stream.connection.url}" in said
    assert re.search(r"the last [1-9]\d* kB", said)
    assert "Ctrl-C leaves them on disk" in said
