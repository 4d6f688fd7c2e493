"""`besom replay`: what early stopping would have saved and lost."""

import json

import pytest
from cli_user import GRID, User, environment

TRAIN = """
import besom
run = besom.init()
for epoch in range(1, 13):
    run.log({"noise": 0})
    run.log({"loss": run.config.lr + 1 / epoch})
run.log({"loss": float("nan")})
"""
METRIC = "metric: {name: loss, goal: minimize}\n"


def swept(home, folder, text):
    """Someone whose sweep has ended, and its path."""
    user = User(folder, environment(home))
    user.write("sweep.yaml", text)
    user.write("train.py", TRAIN)
    path = json.loads(user.besom("sweep", "sweep.yaml", "--json").out)["path"]
    assert user.besom("agent", path).code == 0
    return user, path


@pytest.fixture(scope="module")
def done(home, tmp_path_factory):
    """Three runs without early stopping, the best first."""
    return swept(home, tmp_path_factory.mktemp("replay"), GRID + METRIC)


def test_without_options_all_rules_are_compared(done):
    user, path = done
    result = user.besom("replay", path)
    assert result.code == 0, result.said
    summary, _, head, *rows = result.out.splitlines()
    assert f"Sweep {path}: 3 runs, 36 values of loss (minimize)" in summary
    assert head.split("  ")[0] == "STOPPER"
    assert [row.split(",")[0] for row in rows] == ["hyperband", "asha", "median"]
    assert rows[1].split("eta 3")[1].split()[:4] == ["2", "of", "3", "50%"]
    assert rows[1].endswith("kept")


def test_a_rule_may_be_named_several_times_with_settings(done):
    user, path = done
    result = user.besom("replay", path, "--stopper", "asha", "--stopper", "asha,eta=2", "--min-iter", "4", "--json")
    assert result.code == 0, result.said
    first, second = json.loads(result.out)["stoppers"]
    assert (first["stopper"], second["stopper"]) == ("asha, min_iter 4, eta 3", "asha, min_iter 4, eta 2")
    assert first["runs_stopped"] == 2
    assert first["values_saved"] == pytest.approx(16 / 36)
    assert 0 <= first["time_saved"] < 1
    assert (first["best"], first["regret"]) == (pytest.approx(0.1 + 1 / 12), 0)
    kept, *stopped = first["by_run"]
    assert (kept["values_kept"], kept["stopped"], kept["reason"]) == (12, None, None)
    for run, rank in zip(stopped, (2, 3), strict=True):
        assert (run["values"], run["values_kept"]) == (12, 4)
        assert run["stopped"] == {
            "rule": "asha",
            "rung": 4,
            "value": pytest.approx(0.1 * rank + 0.25),
            "threshold": pytest.approx(0.35),
            "rank": 1,
            "of": rank,
        }


def test_a_file_names_the_rule_and_runs_are_shown_one_by_one(done):
    user, path = done
    user.write("other.yaml", GRID + METRIC + "early_terminate: {type: hyperband, min_iter: 5}\n")
    result = user.besom("replay", path, "--use-config", "other.yaml", "--verbose")
    assert "hyperband, min_iter 5, eta 3" in result.out
    assert "5 of 12" in result.out
    assert "stopped at its 5th value: 0.4 was worse than 0.3, the best at that point" in result.out


def test_what_does_not_fit_is_named(done):
    user, path = done
    assert "Did you mean `median`?" in user.fails("replay", path, "--stopper", "medain")
    assert "`eta`" in user.fails("replay", path, "--stopper", "asha", "--eta", "1")
    assert "--interval is no setting of asha" in user.fails("replay", path, "--stopper", "asha", "--interval", "2")
    assert "--eta belongs to a rule" in user.fails("replay", path, "--eta", "2")
    assert "asha has no setting 'interval'" in user.fails("replay", path, "--stopper", "asha,interval=2")
    assert "'eta' is no setting" in user.fails("replay", path, "--stopper", "asha,eta")
    user.write("plain.yaml", GRID)
    assert "has no early_terminate" in user.fails("replay", path, "--use-config", "plain.yaml")


def test_a_sweep_without_a_metric_or_without_values_says_so(user):
    user.write("sweep.yaml", GRID)
    user.write("train.py", TRAIN)
    path = json.loads(user.besom("sweep", "sweep.yaml", "--json").out)["path"]
    assert "has no metric" in user.fails("replay", path)
    user.write("sweep.yaml", GRID + METRIC)
    path = json.loads(user.besom("sweep", "sweep.yaml", "--json").out)["path"]
    assert "has logged a number as 'loss'" in user.fails("replay", path)


def test_the_sweeps_own_rule_is_replayed_and_runs_it_had_cut_are_pointed_out(home, tmp_path):
    user, path = swept(home, tmp_path, GRID + METRIC + "early_terminate: {type: asha, min_iter: 1}\n")
    cut = [run for run in json.loads(user.besom("runs", path, "--json").out) if run["stopped"]]
    assert {run["stopped"]["rule"] for run in cut} <= {"asha"}
    result = user.besom("replay", path)
    assert "asha, min_iter 1, eta 3" in result.out
    assert ("stopped early themselves" in result.err) == bool(cut)
