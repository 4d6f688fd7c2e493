"""``init``'s arguments, and the surroundings it reads."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import pytest

import besom
from besom.config.parameter_file import write_parameters
from besom.errors import SettingsError, UsageError
from besom.protocol import ConfigRecord, InitRecord
from besom.sdk import delivery, online, sync

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def assigned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The surroundings that an agent makes; returns the parameter file."""
    path = tmp_path / "sweep-sw123456" / "config-run00001.yaml"
    path.parent.mkdir()
    path.write_text(write_parameters({"lr": 0.5, "net": {"width": 8}}))
    said = {"SWEEP_ID": "sw123456", "RUN_ID": "run00001", "SWEEP_PARAM_PATH": str(path), "PROJECT": "p", "ENTITY": "e"}
    for name, value in said.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    monkeypatch.setenv("BESOM_AGENT_ID", "agent1")
    return path


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from besom.sdk import init

    monkeypatch.setattr(init, "_used", set())


def first(run: besom.Run) -> InitRecord:
    from besom.sdk import spool

    return spool.read_first(run.folder / "spool.jsonl")


def test_the_first_record_holds_all_that_sync_needs() -> None:
    run = besom.init(
        project="p", entity="e", id="my-run", name="n", tags=["a", "b"], notes="why", group="g", job_type="train",
        config={"lr": 0.1},
    )  # fmt: skip
    record = first(run)
    assert (record.project, record.entity) == ("p", "e")
    about = record.run
    assert (about.id, about.name, about.tags, about.notes) == ("my-run", "n", ["a", "b"], "why")
    assert (about.group, about.job_type, about.config) == ("g", "train", {"lr": 0.1})
    assert about.python == platform.python_version()
    assert about.host
    assert run.path == "e/p/my-run"


@pytest.mark.parametrize("mode", ["offline", "online"])
def test_a_first_line_that_no_server_has_is_on_the_disk_itself_before_the_program_goes_on(
    monkeypatch: pytest.MonkeyPatch, mode: Any
) -> None:
    monkeypatch.setenv("BESOM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BESOM_API_KEY", "k" * 40)
    monkeypatch.setattr(online, "CLAIM_PATIENCE", 0.0)
    monkeypatch.setattr(delivery, "PATIENCE_WITH_STRANGERS", 0.1)
    settled, fsync = {}, os.fsync

    def note(descriptor: int) -> None:
        settled[Path(f"/proc/self/fd/{descriptor}").readlink()] = os.fstat(descriptor).st_size
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    with besom.init(mode=mode) as run:
        file = run.folder / "spool.jsonl"
        assert settled[file] == len(file.read_bytes().splitlines(keepends=True)[0])
        assert {run.folder, run.folder.parent} <= settled.keys()


def test_arguments_win_over_besoms_variables_and_those_over_wandbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "from-wandb")
    monkeypatch.setenv("WANDB_NAME", "name-from-wandb")
    run = besom.init()
    assert (run.project, run.name) == ("from-wandb", "name-from-wandb")
    run.finish()
    monkeypatch.setenv("BESOM_PROJECT", "from-besom")
    run = besom.init()
    assert run.project == "from-besom"
    run.finish()
    assert besom.init(project="argument").project == "argument"


def test_without_any_name_there_are_an_id_and_the_default_project() -> None:
    run = besom.init()
    assert len(run.id) == 8
    assert run.project == "uncategorized"
    assert run.folder.name.endswith(run.id)


def test_runs_lie_below_the_folder_that_dir_names(tmp_path: Path) -> None:
    run = besom.init(dir=tmp_path / "elsewhere")
    assert run.folder.parent == tmp_path / "elsewhere" / "besom"
    assert Path(run.dir).parent == run.folder


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="BESOM_DIR"):
        besom.init(dir=tmp_path / "file")
    assert besom.run is None


@pytest.mark.parametrize("project", ["a/b", "..", "50%", "x" * 200, 7])
def test_a_project_that_no_server_would_take_is_refused_offline_too(tmp_path: Path, project) -> None:
    with pytest.raises(UsageError, match="project"):
        besom.init(project=project)
    assert not (tmp_path / "besom").exists()


@pytest.mark.parametrize("run_id", ["a/b", "", " x", "x" * 200, 7])
def test_an_id_that_cannot_name_a_folder_is_refused(run_id) -> None:
    with pytest.raises(UsageError, match="id"):
        besom.init(id=run_id)


def test_arguments_of_wandb_without_effect_are_named_once(capsys) -> None:
    besom.init(sync_tensorboard=True, monitor_gym=True, settings=None)
    warnings = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert len(warnings) == 1
    assert "sync_tensorboard, monitor_gym" in warnings[0]


def test_an_unknown_argument_names_the_nearest_known() -> None:
    with pytest.raises(TypeError, match="did you mean 'project'"):
        besom.init(projct="p")


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(SettingsError, match="offline"):
        besom.init(mode="of")


def test_init_during_a_run_returns_it_and_reinit_begins_another(capsys) -> None:
    run = besom.init()
    assert besom.init() is run
    assert "active run" in capsys.readouterr().err
    other = besom.init(reinit=True)
    assert other is not run
    with pytest.raises(UsageError):
        run.log({"a": 1})


def test_silent_prints_nothing(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    with besom.init(sync_tensorboard=True):
        pass
    assert capsys.readouterr().err == ""


def test_under_an_agent_the_run_is_the_agents_and_the_sweeps_values_win(assigned: Path) -> None:
    run = besom.init(config={"lr": 0.1, "epochs": 3, "net": {"depth": 2}})
    assert (run.id, run.sweep_id, run.project, run.entity) == ("run00001", "sw123456", "p", "e")
    assert run.config.as_dict() == {"lr": 0.5, "epochs": 3, "net": {"depth": 2, "width": 8}}
    assert first(run).run.config == run.config.as_dict()
    assert first(run).run.agent_id == "agent1"
    assert sync.folder_of(assigned) == run.folder


@pytest.mark.usefixtures("assigned")
def test_under_an_agent_project_entity_and_id_are_ignored_with_a_warning_each(capsys) -> None:
    run = besom.init(project="mine", entity="me", id="mine", name="named")
    assert (run.id, run.project, run.entity, run.name) == ("run00001", "p", "e", "named")
    warnings = [line for line in capsys.readouterr().err.splitlines() if "ignored" in line]
    assert len(warnings) == 3


@pytest.mark.usefixtures("assigned")
def test_under_an_agent_changes_of_locked_values_are_not_recorded(records) -> None:
    run = besom.init()
    run.config.lr = 9
    run.config.update({"lr": 9, "new": 1}, allow_val_change=True)
    assert [record.data for record in records() if isinstance(record, ConfigRecord)] == [{"new": 1}]


@pytest.mark.usefixtures("assigned")
def test_the_second_run_of_a_program_is_outside_the_sweep(capsys) -> None:
    besom.init().finish()
    inner = besom.init(project="mine", config={"fold": 1})
    assert inner.sweep_id is None
    assert inner.id != "run00001"
    assert inner.project == "mine"
    assert inner.config.as_dict() == {"fold": 1}
    assert "begun already" in capsys.readouterr().err


@pytest.mark.usefixtures("assigned")
def test_a_second_program_of_the_same_assignment_is_outside_the_sweep(start) -> None:
    besom.init()
    process = start("import besom\nprint(besom.init().sweep_id)\n")
    assert process.communicate()[0] == "None\n"


@pytest.mark.usefixtures("assigned")
def test_the_next_assignment_in_the_same_process_is_taken(assigned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    besom.init().finish()
    other = assigned.with_name("config-run00002.yaml")
    other.write_text(write_parameters({"lr": 0.25}))
    monkeypatch.setenv("WANDB_RUN_ID", "run00002")
    monkeypatch.setenv("WANDB_SWEEP_PARAM_PATH", str(other))
    run = besom.init()
    assert (run.id, run.sweep_id, run.config.lr) == ("run00002", "sw123456", 0.25)


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("variable", ["RANK", "LOCAL_RANK"])
def test_other_ranks_get_the_values_and_log_nothing(tmp_path: Path, monkeypatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    run = besom.init(config={"epochs": 3})
    assert run.config.as_dict() == {"lr": 0.5, "epochs": 3, "net": {"width": 8}}
    run.log({"a": 1})
    assert not (tmp_path / "besom").exists()
    run.finish()
    monkeypatch.setenv(variable, "0")
    assert besom.init().id == "run00001"


def test_a_parameter_file_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BESOM_SWEEP_PARAM_PATH", str(tmp_path / "gone.yaml"))
    with pytest.raises(SettingsError, match=r"gone\.yaml"):
        besom.init()


@pytest.mark.usefixtures("assigned")
def test_disabled_gets_the_sweeps_values_too() -> None:
    run = besom.init(mode="disabled", config={"net": {"depth": 2}})
    assert run.config.as_dict() == {"net": {"depth": 2, "width": 8}, "lr": 0.5}


def test_a_program_that_has_lost_its_working_directory_still_starts(tmp_path: Path, start) -> None:
    process = start(
        f"import os, besom\nos.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
        f"besom.init(dir={os.fspath(tmp_path)!r})\nprint('ok')\n"
    )
    assert process.communicate()[0] == "ok\n"
