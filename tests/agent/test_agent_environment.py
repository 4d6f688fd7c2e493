"""What a run's program finds in its environment."""

import os
from pathlib import Path

import pytest

from besom.agent import environment
from besom.agent.slots import Slot
from besom.agent.work import Work
from besom.client.connection import Connection
from besom.config.parameter_file import read_parameters
from besom.errors import SettingsError
from besom.protocol import NextRun, Sweep
from besom.sdk import sync

RUN = NextRun(run_id="abc12345", run_name="calm-sweep-1", params={"lr": 0.1, "model": {"depth": 3}}, why={})
SWEEP = Sweep(
    id="sw123456", entity="me", project="digits", name="digits", description=None, state="RUNNING", state_reason="",
    method="random", metric=None, config={}, text="", creator="me", created=0, updated=0, run_count=0, runs_by_state={},
    expected_runs=None, compute_seconds=0, best=None, agent_count=1, version=1, url="http://127.0.0.1:1/me/digits",
)  # fmt: skip
SERVER = Connection("http://127.0.0.1:1", "the-key")


def test_a_run_finds_who_it_is_under_besoms_names_and_under_wandbs(tmp_path: Path) -> None:
    environ = {"BESOM_DIR": str(tmp_path)}
    names = environment.names(RUN, SWEEP, "agent1", tmp_path / "p.yaml", SERVER, environ)
    expected = {
        "SWEEP_ID": "sw123456",
        "RUN_ID": "abc12345",
        "SWEEP_PARAM_PATH": str(tmp_path / "p.yaml"),
        "ENTITY": "me",
        "PROJECT": "digits",
        "DIR": str(tmp_path),
        "BASE_URL": "http://127.0.0.1:1",
        "API_KEY": "the-key",
    }
    for prefix in ("BESOM", "WANDB"):
        assert {key: names[f"{prefix}_{key}"] for key in expected} == expected
    assert names["BESOM_AGENT_ID"] == "agent1"


def test_wandbs_client_is_left_alone_if_the_user_sends_it_to_another_server(tmp_path: Path) -> None:
    def named(url: str) -> dict[str, str]:
        return environment.names(RUN, SWEEP, "agent1", tmp_path / "p.yaml", SERVER, {"WANDB_BASE_URL": url})

    assert not any(name.startswith("WANDB_") for name in named("http://127.0.0.1:2"))
    assert named("http://127.0.0.1:2")["BESOM_RUN_ID"] == "abc12345"
    assert named("http://127.0.0.1:1/")["WANDB_RUN_ID"] == named("")["WANDB_RUN_ID"] == "abc12345"


def test_the_folder_is_the_working_directory_when_none_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment.names(RUN, SWEEP, "agent1", tmp_path / "p.yaml", SERVER, {})["WANDB_DIR"] == str(tmp_path)


def test_a_program_inherits_the_agents_environment() -> None:
    inherited = environment.for_program({"CUDA_VISIBLE_DEVICES": "1", "WANDB_SERVICE": "x"}, {"BESOM_RUN_ID": "r"})
    assert inherited["CUDA_VISIBLE_DEVICES"] == "1"
    assert inherited["BESOM_RUN_ID"] == "r"
    assert "WANDB_SERVICE" not in inherited


def test_an_import_path_of_the_users_is_kept_behind_the_shim() -> None:
    path = environment.for_program({"PYTHONPATH": "/a:/b"}, {})["PYTHONPATH"]
    assert path.split(":") == [str(environment.SHIM), "/a", "/b"]


def test_the_parameter_file_holds_the_nested_values(tmp_path: Path) -> None:
    path = environment.write_parameter_file("sw123456", RUN, {"BESOM_DIR": str(tmp_path)})
    assert path == tmp_path / "besom" / "sweep-sw123456" / "config-abc12345.yaml"
    assert read_parameters(path.read_text()) == RUN.params


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "besom").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match=str(tmp_path)):
        environment.write_parameter_file("sw123456", RUN, {"BESOM_DIR": str(tmp_path)})
    with pytest.raises(SettingsError, match=str(tmp_path)):
        environment.make_folder("sw123456", {"BESOM_DIR": str(tmp_path)})


def test_a_run_that_is_handed_out_again_is_there_for_its_program_whatever_the_clocks_say(tmp_path: Path) -> None:
    environ = {"BESOM_DIR": str(tmp_path)}
    for attempt in ("first", "second"):
        file = environment.write_parameter_file("sw123456", RUN, environ)
        sync.note_folder(file, tmp_path / attempt)
        assert sync.folder_of(file) == tmp_path / attempt
        with pytest.raises(FileExistsError):
            sync.note_folder(file, tmp_path / "of another process of the program")
        note = next(file.parent.glob("*.run"))
        os.utime(note, (2**31, 2**31))  # the clock of that machine was ahead


def test_half_a_word_that_a_killed_process_left_is_no_reason_to_fail(tmp_path: Path) -> None:
    file = tmp_path / "message"
    file.write_bytes("Mü".encode()[:2])
    work = Work(RUN, Slot(0), SWEEP, message_file=file)
    assert work.ending(-9, None).message == "M\ufffd"
