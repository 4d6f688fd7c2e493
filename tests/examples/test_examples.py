"""Each example runs as its head says, on real data."""

import json
import math
import subprocess
import sys

import besom
from terminal_user import LONGEST


def test_the_quickstarts_parameters_train_a_pytorch_network(copied):
    sweep = copied("pytorch").sweep("sweep-bayes.yaml", count=2)
    for run in sweep.runs:
        assert set(run.config) == {"dropout", "channels_one", "channels_two", "batch_size", "learning_rate", "epochs"}
        assert run.config["epochs"] == 10  # the script's default: the sweep does not mention it
        losses = [row["loss"] for row in run.scan_history(keys=["loss"])]
        assert len(losses) == 10
        assert all(map(math.isfinite, losses))
    assert sweep.best_run().summary["val_loss"] == min(run.summary["val_loss"] for run in sweep.runs)
    assert sweep.best_run().summary["accuracy"] > 0.8


def test_a_grid_of_networks_is_stopped_early_by_hyperband(copied):
    sweep = copied("pytorch").sweep("sweep-grid-hyperband.yaml", count=1)
    assert sweep.expected_run_count == 2 * 2 * 2 * 3
    assert sweep.config["early_terminate"]["type"] == "hyperband"
    (run,) = sweep.runs
    assert len(list(run.scan_history())) == 27, "the first run has nothing to be compared with"


def test_xgboost_logs_each_round_through_its_callback(copied):
    sweep = copied("xgboost").sweep(count=2)
    for run in sweep.runs:
        rows = list(run.scan_history())
        assert [row["round"] for row in rows] == list(range(50))
        assert {"train_logloss", "train_error", "val_logloss", "val_error"} <= set(rows[-1])
    assert sweep.best_run().summary["val_error"] < 0.15


def test_hydra_takes_nested_overrides_without_hyphens(copied):
    sweep = copied("hydra").sweep(count=2)
    for run in sweep.runs:
        assert run.config["model"] == {"C": run.config["model.C"], "kernel": run.config["model.kernel"]}
        assert run.config["folds"] == 3
        assert 0.3 < run.summary["accuracy"] <= 1.0


def test_cross_validation_makes_a_run_per_fold_and_one_for_the_mean(copied):
    sweep = copied("cross_validation").sweep(count=1)
    for run in sweep.runs:
        folds = list(besom.Api().runs("cross-validation", filters={"group": f"cv-{run.id}"}))
        assert sorted(fold.name for fold in folds) == [f"cv-{run.id}-fold-{number}" for number in range(4)]
        assert all(fold.state == "finished" and fold.sweep is None for fold in folds)
        assert all(fold.config["neighbors"] == run.config["neighbors"] for fold in folds)
        accuracies = [fold.summary["accuracy"] for fold in folds]
        assert math.isclose(run.summary["mean_accuracy"], sum(accuracies) / 4)
    assert len(sweep.runs) == 1, "folds do not count as points of the sweep"


def test_a_function_of_the_users_own_chooses_the_runs(copied):
    result = copied("own_search").besom("up", "--json", "--agents", "2", "--count", "6", "sweep.yaml")
    assert result.code == 0, result.said
    sweep = besom.Api().sweep(json.loads(result.out)["sweep"]["id"])
    values = [run.best for run in sweep.runs if run.state == "finished"]
    assert len(values) == 6
    assert max(values) > 0.9


def test_optuna_chooses_the_runs_and_its_pruner_ends_hopeless_ones(copied):
    user = copied("own_search")
    study = user.folder / "study.py"  # with a seed, for one time in 3,000 none of six points is a good one
    study.write_text(study.read_text().replace("pruner=", "sampler=optuna.samplers.TPESampler(seed=1), pruner="))
    result = user.besom("up", "--json", "--agents", "2", "--count", "6", "optuna.yaml")
    assert result.code == 0, result.said
    sweep = besom.Api().sweep(json.loads(result.out)["sweep"]["id"])
    begun = [run for run in sweep.runs if run.lastHistoryStep >= 0]
    assert len(begun) == 6
    assert {run.message.why["method"] for run in begun} == {"optuna"}
    pruned = [run.message.stopped.rule for run in begun if run.message.stopped]
    assert pruned == ["optuna MedianPruner"] * len(pruned)
    assert max(run.best for run in begun) > 0.9


def test_boolean_flags_reach_the_program_as_flags(copied):
    sweep = copied("booleans").sweep(count=4)
    seen = {(run.config["scale"], run.config["squares"]) for run in sweep.runs}
    assert seen == {(True, True), (True, False), (False, True), (False, False)}
    assert len({run.summary["accuracy"] for run in sweep.runs}) > 1, "the flags change what is trained"


def test_a_compiled_program_is_searched_through_a_wrapper(copied):
    user = copied("c")
    subprocess.run(["cc", "-O2", "-o", "poisson", "poisson.c", "-lm"], cwd=user.folder, check=True)
    sweep = user.sweep(count=12)
    best = sweep.best_run()
    theory = 2 / (1 + math.sin(math.pi / 49))
    assert abs(best.config["omega"] - theory) < 0.05
    assert best.summary["sweeps_needed"] < 320
    assert best.summary["middle"] == 0.073595


def test_a_notebook_searches_from_its_cells(copied):
    user = copied("notebook")
    execute = (
        "import nbformat, nbclient\n"
        "notebook = nbformat.read('search.ipynb', as_version=4)\n"
        "client = nbclient.NotebookClient(notebook, timeout=250, startup_timeout=250, kernel_name='python3')\n"
        "client.execute(stderr=open('kernel.log', 'w'))\n"  # its ends may trip over its own sockets: ipykernel #1518
        "nbformat.write(notebook, 'done.ipynb')\n"
    )
    done = user.run([sys.executable, "-c", execute], None)
    assert done.code == 0, done.said
    cells = [
        cell for cell in json.loads((user.folder / "done.ipynb").read_text())["cells"] if cell["cell_type"] == "code"
    ]
    text = ["".join("".join(out.get("text", "")) for out in cell["outputs"]) for cell in cells]
    (best,) = [line for line in "".join(text).splitlines() if " accuracy " in line and "{" in line]
    assert float(best.rsplit(" ", 1)[1]) > 0.9
    assert "/sweeps/" in "".join(text), "the link to the sweep's page"
    page = cells[-1]["outputs"][0]["data"]["text/html"]
    assert "iframe" in "".join(page)


def test_a_preempted_program_goes_on_from_its_checkpoint(copied):
    user = copied("slurm")
    sweep_file = user.folder / "sweep.yaml"
    sweep_file.write_text(sweep_file.read_text().replace("parameters:\n", "parameters:\n  epochs: {value: 400}\n"))
    path = user.create("sweep.yaml")

    agent = user.start_agent(path)
    user.wait_for_rows(path)
    agent.terminate()  # as Slurm does
    agent.wait(timeout=LONGEST)
    (run,) = besom.Api().sweep(path).runs
    assert run.state == "preempted"
    assert 0 < run.summary["epoch"] < 399

    (again,) = user.work(path, count=1).runs
    assert again.id == run.id
    assert [row["epoch"] for row in again.scan_history(keys=["epoch"])] == list(range(400))


def test_mpi_ranks_hear_through_two_wrappers_that_they_are_preempted(copied):
    user = copied("mpi")
    sweep_file = user.folder / "sweep.yaml"
    sweep_file.write_text(sweep_file.read_text().replace("parameters:\n", "parameters:\n  rounds: {value: 1000000}\n"))
    path = user.create("sweep.yaml")

    agent = user.start_agent(path, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    user.wait_for_rows(path)
    agent.terminate()
    agent.wait(timeout=LONGEST)
    (run,) = besom.Api().sweep(path).runs
    assert run.state == "preempted"
    assert run.exit_code == 1
    assert len({row["_step"] for row in run.scan_history()}) == len(list(run.scan_history())), "one rank logs"
