"""Libraries that speak to W&B's client: what they log arrives in besom."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_user import WandbUser

from besom import Api

PROGRAMS = Path(__file__).parent / "programs"
QUIET = {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


@pytest.fixture
def runs_of(user: WandbUser, server):
    """Runs a program of the folder; its runs by their ids."""

    def run(program):
        user.python((PROGRAMS / program).read_text(), WANDB_PROJECT="libraries", **QUIET)
        api = Api(base_url=server.url, api_key=server.key)
        found = {run.id: run for run in api.runs("libraries")}
        assert {run.state for run in found.values()} == {"finished"}
        return found

    return run


def rows(run, key):
    return [row[key] for row in run.scan_history() if key in row]


def artifacts(run):
    return {artifact.type for artifact in run.logged_artifacts()}


def test_scikit_learns_plots_and_the_callbacks_of_xgboost_and_lightgbm(runs_of):
    runs = runs_of("trees.py")
    files = [Path(file.name).name for file in runs["sklearn"].files()]
    for plot in ("confusion_matrix", "roc_table", "precision_recall_table"):
        assert any(name.startswith(plot) for name in files), plot
    losses = rows(runs["xgboost"], "train-mlogloss")
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert runs["xgboost"].config["max_depth"] == 2
    assert "model" in artifacts(runs["xgboost"])
    assert len(rows(runs["lightgbm"], "train_multi_logloss")) == 5
    assert runs["lightgbm"].summary["best_score"]["train"]["multi_logloss"] < 1


def test_the_loggers_of_lightning_and_hugging_face(runs_of):
    runs = runs_of("torch_trainers.py")
    assert len(rows(runs["lightning"], "train_loss")) == 8
    assert runs["lightning"].config["rate"] == 0.1
    assert "model" in artifacts(runs["lightning"])
    (bert,) = (run for run in runs.values() if run.name == "tiny bert")
    assert len(rows(bert, "train/loss")) == 4
    assert bert.config["hidden_size"] == 8
    assert bert.summary["train_loss"] > 0


def test_keras_callbacks_and_tensorboard(runs_of):
    runs = runs_of("keras_callbacks.py")
    losses = rows(runs["keras"], "epoch/loss")
    assert len(losses) == 3
    assert losses == sorted(losses, reverse=True)
    assert "model" in artifacts(runs["keras"])
    assert rows(runs["tensorboard"], "loss") == pytest.approx([1 / (step + 1) for step in range(5)])
