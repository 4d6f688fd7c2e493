"""Running an optimiser on a problem, keeping its trajectory, and reporting on many."""

import importlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.search import peers, report
from benchmarks.search.comparison import load
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problems import select
from benchmarks.search.results import Cell
from benchmarks.search.simulate import simulate


def problem(name):
    (found,) = select(name)
    return found


class Watched(Optimizer):
    """Asks for random points and notes how many are open."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.inner = peers.optimizer("random")(*arguments)
        self.open, self.most, self.told = 0, 0, []
        type(self).last = self

    def ask(self):
        self.open += 1
        self.most = max(self.most, self.open)
        return self.open, self.inner.ask()[1]

    def tell(self, token, value):
        self.open -= 1
        self.told.append(value)


@pytest.mark.parametrize("pending", [1, 4, 8])
def test_as_many_evaluations_are_open_as_wanted(pending):
    simulate(Watched, problem("integer-few"), 0, pending, 20)
    assert Watched.last.most == pending
    assert len(Watched.last.told) == 20


def test_a_breakdown_is_told_as_nothing_and_kept_as_nothing():
    found = simulate(Watched, problem("failing-memory"), 0, 1, 30)
    assert found["observed"] == Watched.last.told
    assert None in found["observed"]
    assert all(t is not None for t, o in zip(found["true"], found["observed"], strict=True) if o is not None)


@pytest.mark.parametrize("name", ["random", "besom"])
@pytest.mark.parametrize("where", ["conditional-training", "failing-noisy", "categorical-long", "integer-few"])
def test_the_same_seed_gives_the_same_trajectory(name, where):
    first, second = (simulate(peers.optimizer(name), problem(where), 3, 4, 12) for _ in range(2))
    assert first["observed"] == second["observed"]


def test_noise_is_the_same_for_all_optimisers_with_a_seed():
    def noise(kind):
        found = simulate(kind, problem("noisy-svm"), 1, 1, 5)
        return [o - t for o, t in zip(found["observed"], found["true"], strict=True)]

    assert noise(peers.optimizer("besom")) == pytest.approx(noise(peers.optimizer("random")))


def run(*arguments, results):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "benchmarks.search.run", *arguments, "--results", str(results)]
    return subprocess.run(command, cwd=root, env=os.environ, capture_output=True, text=True, check=False)


def test_a_run_that_was_broken_off_is_gone_on_with(tmp_path):
    arguments = ("random", "--problems", "branin", "--pending", "1", "--budget", "10", "--seeds")
    assert "1/1" in run(*arguments, "0", results=tmp_path).stdout
    second = run(*arguments, "0-1", results=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "1/1" in second.stdout
    assert "seed 1" in second.stdout
    assert Cell("random", "branin", 1, 0).evaluations(tmp_path) == 10


def test_a_peer_that_breaks_is_named_and_the_others_go_on(tmp_path, monkeypatch):
    class Broken(Optimizer):
        def ask(self):
            raise OverflowError("too much")

        def tell(self, token, value):
            pass

    from benchmarks.search.run import compute

    monkeypatch.setattr(peers, "optimizer", lambda name: Broken)
    complaint = compute(Cell("sweeps", "branin", 1, 0), 5, tmp_path)
    assert "OverflowError: too much" in complaint


@pytest.mark.parametrize(
    ("part", "arguments", "said"),
    [
        ("run", ["random", "--problems", "branine"], "no problem, group or half is called 'branine'"),
        ("report", [], "holds no problem that random search was run on: `make bench-search` makes them"),
    ],
)
def test_what_cannot_be_run_or_shown_is_said_in_a_line(part, arguments, said, tmp_path, monkeypatch, capsys):
    main = importlib.import_module(f"benchmarks.search.{part}").main
    monkeypatch.setattr(sys, "argv", [part, *arguments, "--results", str(tmp_path)])
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    with pytest.raises(SystemExit):
        main()
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_the_report_compares_what_all_have(tmp_path):
    for name, shift in (("random", 1.0), ("besom", 0.1), ("optuna-tpe", 0.5)):
        for seed in range(3):
            level = problem("integer-few").optimum + shift * (1 + seed)
            trajectory = {"observed": [level] * 240, "true": [level] * 240, "cpu_ms": [2.0] * 240, "version": "1"}
            Cell(name, "integer-few", 1, seed).write(tmp_path, trajectory)
    comparison = load(tmp_path)
    places = comparison.common(["besom", "optuna-tpe"], 60)
    assert len(places) == 3
    assert comparison.regret("besom", places, 60) == pytest.approx([0.05, 0.1, 0.15])
    text = report.page(comparison)
    assert "| optuna-tpe 1 | -0.40 [" in text
    assert "nan" not in text


def test_a_better_value_than_the_known_optimum_becomes_the_optimum(tmp_path):
    optimum = problem("integer-few").optimum
    for name, value in (("random", optimum + 2), ("besom", optimum - 2)):
        trajectory = {"observed": [value] * 240, "true": [value] * 240, "cpu_ms": [1.0] * 240, "version": "1"}
        Cell(name, "integer-few", 1, 0).write(tmp_path, trajectory)
    comparison = load(tmp_path)
    assert comparison.optima["integer-few"] == pytest.approx(optimum - 2)
    assert comparison.regret("besom", comparison.common(["besom"], 60), 60) == pytest.approx([0.0])


def test_a_trajectory_is_plain_json_with_nulls(tmp_path):
    found = simulate(peers.optimizer("random"), problem("failing-memory"), 0, 1, 20)
    cell = Cell("random", "failing-memory", 1, 0)
    cell.write(tmp_path, {"version": "1", **found})
    data = json.loads(cell.path(tmp_path).read_text(), parse_constant=pytest.fail)
    assert data["seed"] == 0
    assert all(value is None or math.isfinite(value) for value in data["observed"])
