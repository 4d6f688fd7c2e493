"""SageMaker: hyperparameters in the config, a key beside the source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import besom
from besom.config.parameter_file import write_parameters
from besom.errors import AuthenticationError, SettingsError

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def hyperparameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "hyperparameters.json"
    path.write_text(json.dumps({"lr": "0.1", "epochs": "3", "net": '"wide"', "layers": "[8, 4]", "plain": "text"}))
    monkeypatch.setenv("BESOM_SAGEMAKER_PARAMETERS", str(path))
    return path


@pytest.mark.usefixtures("hyperparameters")
def test_hyperparameters_win_over_the_programs_values_and_yield_to_the_sweeps(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "config.yaml").write_text(write_parameters({"lr": 0.5}))
    monkeypatch.setenv("BESOM_SWEEP_PARAM_PATH", str(tmp_path / "sweep" / "config.yaml"))
    monkeypatch.setenv("BESOM_SWEEP_ID", "sw123456")
    run = besom.init(config={"lr": 9, "epochs": 9, "own": 1})
    assert run.config.as_dict() == {
        "lr": 0.5, "epochs": 3, "own": 1, "net": "wide", "layers": [8, 4], "plain": "text",
    }  # fmt: skip


@pytest.mark.usefixtures("hyperparameters")
def test_they_can_be_left_out() -> None:
    assert besom.init(config={"lr": 9}, settings={"sagemaker_disable": True}).config.as_dict() == {"lr": 9}


def test_a_file_that_cannot_be_read_is_named(hyperparameters: Path) -> None:
    hyperparameters.write_text("{")
    with pytest.raises(SettingsError, match=r"hyperparameters\.json"):
        besom.init()


def test_a_job_finds_the_key_beside_its_source(tmp_path: Path, monkeypatch, server, start) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", server.url)
    monkeypatch.setenv("WANDB_API_KEY", server.key)
    besom.sagemaker_auth(path=tmp_path)
    secrets = tmp_path / "secrets.env"
    assert secrets.stat().st_mode & 0o777 == 0o600
    monkeypatch.delenv("WANDB_BASE_URL")
    monkeypatch.delenv("WANDB_API_KEY")
    process = start(
        "import besom\nprint(besom.init(project='sagemaker').url)\n", TRAINING_JOB_NAME="job", BESOM_MODE="online"
    )
    assert process.communicate()[0].startswith(server.url)


def test_a_job_that_reads_or_works_for_a_sweep_finds_it_too(tmp_path: Path, monkeypatch, server, start) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", server.url)
    monkeypatch.setenv("WANDB_API_KEY", server.key)
    sweep = besom.sweep({"method": "grid", "parameters": {"x": {"values": [1, 2]}}}, project="sagemaker")
    besom.sagemaker_auth(path=tmp_path)
    monkeypatch.delenv("WANDB_BASE_URL")
    monkeypatch.delenv("WANDB_API_KEY")
    work = f"besom.agent('{sweep}', lambda: besom.init().log({{'x': 1}}))"
    process = start(
        f"import besom\n{work}\nprint(len(besom.Api().sweep('{sweep}').runs))\n",
        SM_TRAINING_ENV="{}",
        BESOM_MODE="online",
    )
    output, errors = process.communicate()
    assert output == "2\n", errors


def test_there_must_be_a_server_that_a_job_can_reach_and_a_key_for_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="besom login"):
        besom.sagemaker_auth(path=tmp_path)
    with pytest.raises(AuthenticationError, match="no key"):
        besom.sagemaker_auth({"WANDB_BASE_URL": "http://127.0.0.1:9"}, path=tmp_path)
    besom.sagemaker_auth({"WANDB_BASE_URL": "http://127.0.0.1:9", "WANDB_API_KEY": "k" * 40}, path=tmp_path)
    assert "BESOM_API_KEY=" + "k" * 40 in (tmp_path / "secrets.env").read_text()
