"""Several runs in one process, one after the other and side by side, and processes below a run's."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import besom
from besom.config.parameter_file import write_parameters
from besom.errors import UsageError
from besom.protocol import ExitRecord, HistoryRecord, SpoolRecord
from besom.sdk import spool

pytestmark = pytest.mark.usefixtures("offline")


def told(folder: Path) -> tuple[list[dict], list[int]]:
    """Rows and exit codes in a run's folder."""
    lines = (folder / spool.FILE_NAME).read_bytes().splitlines()
    records = [msgspec.json.decode(line, type=SpoolRecord) for line in lines]
    rows = [record.data for record in records if isinstance(record, HistoryRecord)]
    return rows, [record.code for record in records if isinstance(record, ExitRecord)]


def of_name(tmp_path: Path, name: str) -> Path:
    (found,) = [
        folder
        for folder in spool.find_folders(tmp_path / "besom")
        if spool.read_first(folder / spool.FILE_NAME).run.name == name
    ]
    return found


@pytest.mark.parametrize("reinit", [None, "return_previous", "default", False])
def test_init_during_a_run_returns_that_run(reinit, capsys) -> None:
    run = besom.init()
    assert besom.init(reinit=reinit) is run
    assert "active run" in capsys.readouterr().err


@pytest.mark.parametrize("reinit", [True, "finish_previous"])
def test_init_can_end_the_run_before(reinit) -> None:
    first = besom.init()
    second = besom.init(reinit=reinit)
    assert besom.run is second
    with pytest.raises(UsageError, match="finished"):
        first.log({"a": 1})


def test_runs_side_by_side_keep_to_themselves() -> None:
    outer = besom.init()
    first = besom.init(reinit="create_new")
    second = besom.init(settings=besom.Settings(reinit="create_new"))
    assert besom.run is outer
    first.log({"who": 1})
    second.log({"who": 2})
    besom.log({"who": 0})
    first.finish()
    second.log({"who": 22})
    second.finish(3)
    assert besom.run is outer
    outer.finish()
    assert told(first.folder) == ([{"who": 1}], [0])
    assert told(second.folder) == ([{"who": 2}, {"who": 22}], [3])
    assert told(outer.folder) == ([{"who": 0}], [0])


def test_the_end_of_the_program_ends_all_its_runs(start, tmp_path: Path) -> None:
    start(
        """
        import besom
        besom.init(name="active")
        besom.init(name="beside", reinit="create_new")
        raise ValueError
        """
    ).communicate()
    for name in ("active", "beside"):
        assert told(of_name(tmp_path, name))[1] == [1]


def test_teardown_ends_all_runs() -> None:
    runs = [besom.init(), besom.init(reinit="create_new")]
    besom.teardown(exit_code=4)
    assert besom.run is None
    assert [told(run.folder)[1] for run in runs] == [[4], [4]]


CROSS_VALIDATION = """
import os, statistics
import besom

def fold(number, group, values):
    for name in [name for name in os.environ if name.startswith(("WANDB_SWEEP", "BESOM_SWEEP", "WANDB_RUN_ID"))]:
        del os.environ[name]
    run = besom.init(project="folds", group=group, job_type="fold", name=f"fold-{number}", config=values, reinit=True)
    run.log({"acc": run.config.lr + number})
    run.finish()
    return run.config.lr + number

def main():
    outer = besom.init(name="outer")
    group, values = outer.id, dict(outer.config)
    outer.log({"before": 1})
    scores = HOW
    outer.log({"acc": statistics.mean(scores)})

if __name__ == "__main__":
    main()
"""
FORKED = """__import__("multiprocessing").get_context("fork").Pool(2).starmap(
        fold, [(number, group, values) for number in range(3)])"""
SPAWNED = FORKED.replace('"fork"', '"spawn"')


@pytest.mark.parametrize("how", [FORKED, SPAWNED], ids=["forked", "spawned"])
def test_cross_validation_logs_its_folds_beside_the_run_of_the_sweep(start, tmp_path: Path, how: str) -> None:
    path = tmp_path / "sweep" / "config.yaml"
    path.parent.mkdir()
    path.write_text(write_parameters({"lr": 0.5}))
    process = start(
        CROSS_VALIDATION.replace("HOW", how),
        WANDB_SWEEP_ID="sw123456", WANDB_RUN_ID="outer001", WANDB_SWEEP_PARAM_PATH=str(path), BESOM_AGENT_ID="a",
    )  # fmt: skip
    error = process.communicate()[1]
    assert process.returncode == 0, error
    outer = of_name(tmp_path, "outer")
    assert told(outer) == ([{"before": 1}, {"acc": 1.5}], [0])
    for number in range(3):
        folder = of_name(tmp_path, f"fold-{number}")
        run = spool.read_first(folder / spool.FILE_NAME).run
        assert (run.sweep_id, run.group, run.job_type, run.config) == (None, "outer001", "fold", {"lr": 0.5})
        assert told(folder) == ([{"acc": 0.5 + number}], [0])


def test_cross_validation_in_one_process_keeps_the_outer_run_open(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("WANDB_SWEEP_ID", "sw123456")
    monkeypatch.setenv("WANDB_RUN_ID", "outer002")
    outer = besom.init()
    for number in range(2):
        with besom.init(group=outer.id, name=f"inner-{number}", reinit="create_new") as inner:
            assert inner.sweep_id is None
            inner.log({"acc": number})
    outer.log({"acc": 0.5})
    outer.finish()
    assert told(outer.folder)[0] == [{"acc": 0.5}]
    assert told(of_name(tmp_path, "inner-1"))[0] == [{"acc": 1}]


@pytest.mark.usefixtures("online")
def test_a_second_run_in_the_program_of_a_sweep_reaches_the_server_outside_it(view, monkeypatch, capsys) -> None:
    monkeypatch.delenv("BESOM_MODE")
    monkeypatch.setenv("BESOM_RUN_ID", "outer003")
    monkeypatch.setenv("BESOM_PROJECT", "swept")
    outer = besom.init(project="swept")
    inner = besom.init(project="inner", reinit="create_new")
    inner.log({"acc": 1})
    inner.finish()
    outer.finish()
    assert inner.id != "outer003"
    assert view.logged("inner", inner.id, "acc") == [1]
    assert capsys.readouterr().err.count("begins a run of its own") == 1


def test_a_worker_of_multiprocessing_ends_the_run_that_it_began(start, tmp_path: Path) -> None:
    start(
        """
        import besom, multiprocessing

        def work(name):
            besom.init(name=name)
            besom.log({"a": 1})
            if name == "failing":
                raise ValueError(name)

        if __name__ == "__main__":
            for method, name in [("fork", "forked"), ("spawn", "spawned"), ("fork", "failing")]:
                process = multiprocessing.get_context(method).Process(target=work, args=(name,))
                process.start()
                process.join()
        """
    ).communicate()
    assert told(of_name(tmp_path, "forked")) == ([{"a": 1}], [0])
    assert told(of_name(tmp_path, "spawned")) == ([{"a": 1}], [0])
    assert told(of_name(tmp_path, "failing")) == ([{"a": 1}], [1])


def test_a_worker_that_imports_a_program_without_main_begins_no_run(start, tmp_path: Path) -> None:
    process = start(
        """
        import besom, multiprocessing
        run = besom.init()
        run.log({"pid": 1})
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(2) as pool:
                run.log({"sum": sum(pool.map(abs, [-1, -2]))})
        """
    )
    error = process.communicate()[1]
    assert process.returncode == 0, error
    (folder,) = spool.find_folders(tmp_path / "besom")
    assert told(folder) == ([{"pid": 1}, {"sum": 3}], [0])
    assert "if __name__ == '__main__'" in error


def test_os_exit_keeps_what_was_logged(start, records) -> None:
    start("import besom, os\nbesom.init()\nbesom.log({'a': 1})\nos._exit(0)\n").communicate()
    assert [record.data for record in records() if isinstance(record, HistoryRecord)] == [{"a": 1}]


@pytest.mark.parametrize(
    ("environ", "logs"),
    [
        ({"RANK": "0", "WORLD_SIZE": "2"}, True),
        ({"RANK": "1", "WORLD_SIZE": "2"}, False),
        ({"LOCAL_RANK": "1"}, False),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"OMPI_COMM_WORLD_RANK": "3"}, False),
        ({"PMI_RANK": "1"}, False),
        ({"SLURM_PROCID": "2", "SLURM_NTASKS": "4"}, False),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "4"}, True),
        ({"SLURM_PROCID": "2", "SLURM_NTASKS": "1"}, True),
        ({"SLURM_PROCID": "2", "SLURM_NTASKS": "4", "BESOM_AGENT_ID": "agent1"}, True),
    ],
)
def test_only_the_first_of_the_processes_that_train_together_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], logs: bool
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    run = besom.init(config={"lr": 1})
    run.log({"a": 1})
    assert run.config.as_dict() == {"lr": 1}
    assert run.summary["a"] == 1
    run.finish()
    assert bool(spool.find_folders(tmp_path / "besom")) is logs


def test_outside_a_sweep_a_group_gives_each_rank_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    assert besom.init(group="ddp").folder is not None
