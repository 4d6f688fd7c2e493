"""The public call, from a configuration and its trials."""

import subprocess
import sys
from dataclasses import replace

import pytest
from search_configs import config, flat

from besom.config.model import Categorical, Constant, IntUniform, Metric, Uniform
from besom.search import Trial, expected_runs, method_for, suggest

X = ("x",)


def test_the_configured_seed_wins():
    swept = replace(config("random", x=Uniform(0.0, 1.0)), seed=7)
    first, second = (suggest(swept, [], index=0, seed=seed)[0].values for seed in (1, 2))
    assert first == second
    unseeded = replace(swept, seed=None)
    first, second = (suggest(unseeded, [], index=0, seed=seed)[0].values for seed in (1, 2))
    assert first != second


def test_a_grid_counts_runs_in_any_state_and_ends():
    swept = config("grid", x=IntUniform(0, 3))
    trials = [Trial({X: x}, state) for x, state in [(0, "failed"), (1, "running"), (3, "preempted")]]
    (suggestion,) = suggest(swept, trials, index=3, count=5)
    assert suggestion.values == {X: 2}
    assert suggestion.why == {
        "method": "grid",
        "kind": "grid",
        "reason": "point 3 of 4 of the grid",
        "point": 2,
        "of": 4,
    }
    assert suggest(swept, [*trials, Trial({X: 2}, "pending")], index=4) == []


def test_a_deleted_grid_point_is_offered_again():
    swept = config("grid", x=IntUniform(0, 3))
    assert suggest(swept, [Trial({X: x}, "finished") for x in (0, 2, 3)], index=4)[0].values == {X: 1}


@pytest.mark.parametrize("asked", [True, False])
def test_imputing_follows_what_the_user_wrote(asked):
    """A crash at the best place: pretended to be the worst value when asked for, avoided as a failure when not."""
    metric = {"name": "loss", "impute": "worst"} if asked else {"name": "loss"}
    swept = replace(config("bayes", Metric("loss"), x=Uniform(0.0, 1.0)), stored={"metric": metric})
    trials = [Trial({X: x}, "finished", (x - 0.3) ** 2, None, 1.0) for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    (suggestion,) = suggest(swept, [*trials, Trial({X: 0.9}, "crashed")], index=9)
    assert ("probability_of_success" in suggestion.why) == (not asked)


def test_custom_has_no_search():
    with pytest.raises(ValueError, match="custom"):
        method_for(config("custom", x=Uniform(0.0, 1.0)))


@pytest.mark.parametrize(
    ("method", "cap", "expected"),
    [
        ("grid", None, 6),
        ("grid", 4, 4),
        ("grid", 60, 6),
        ("random", None, None),
        ("random", 9, 9),
        ("bayes", None, None),
    ],
)
def test_expected_runs(method, cap, expected):
    swept = config(method, a=Categorical((1, 2)), b=IntUniform(1, 3), c=Constant(0))
    assert expected_runs(replace(swept, run_cap=cap)) == expected


def test_nested_points_are_handed_out_whole():
    swept = config(
        "random", optimizer__lr=Uniform(0.0, 0.1), optimizer__schedule__warmup=Constant(100), batch=IntUniform(1, 2)
    )
    assert list(flat(suggest(swept, [], index=0)[0].values)) == ["batch", "optimizer.lr", "optimizer.schedule.warmup"]


def test_importing_the_search_leaves_the_heavy_parts_of_scipy_alone():
    heavy = "scipy.optimize", "scipy.stats"
    script = f"import sys, besom.search; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
