"""Configuration values may come from files, between the program's own and the sweep's."""

from __future__ import annotations

from pathlib import Path

import pytest

import besom
from besom.errors import SettingsError

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_config_defaults_yield_to_the_program(folder: Path) -> None:
    (folder / "config-defaults.yaml").write_text(
        "wandb_version: 1\nepochs:\n  desc: how often\n  value: 100\nlr: 1e-3\n", encoding="utf-8"
    )
    run = besom.init(config={"epochs": 3})
    assert dict(run.config) == {"epochs": 3, "lr": 0.001}


def test_named_files_win_over_the_program_and_later_ones_over_earlier_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.yaml").write_text("lr: {value: 1}\nseed: 7\n", encoding="utf-8")
    (folder / "b.yaml").write_text("lr: {value: 2}\n", encoding="utf-8")
    monkeypatch.setenv("WANDB_CONFIG_PATHS", "a.yaml,b.yaml")
    run = besom.init(config={"lr": 0, "seed": 1, "kept": True})
    assert dict(run.config) == {"lr": 2, "seed": 7, "kept": True}


@pytest.mark.parametrize("text", ["- a list", "a: [", "lr: 1\n\tb: 2"])
def test_a_file_that_cannot_be_used_is_named(folder: Path, text: str) -> None:
    (folder / "config-defaults.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"config-defaults\.yaml cannot be used"):
        besom.init()


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESOM_CONFIG_PATHS", "nowhere.yaml")
    with pytest.raises(SettingsError, match=r"nowhere\.yaml cannot be used: No such file"):
        besom.init()
