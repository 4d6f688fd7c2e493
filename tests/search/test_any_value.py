"""Values of any JSON kind are learnt from: booleans, null, lists, objects, whole zips, conditional and derived ones."""

import random
from collections import Counter

import pytest
from search_configs import flat

from besom.config import load_mapping
from besom.search import Trial, suggest
from besom.search.bayes import WarmStart


def best_of(parameters, loss, *, runs=26, seed=0, **blocks):
    """The lowest loss of a bayes sweep."""
    blocks = {"method": "bayes", "metric": {"name": "loss"}, "parameters": parameters, **blocks}
    swept, warm, trials = load_mapping(blocks).config, WarmStart(), []
    for index in range(runs):
        (suggestion,) = suggest(swept, trials, index=index, warm=warm, seed=seed)
        y = loss(flat(suggestion.values))
        trials.append(Trial(suggestion.values, "finished", y, y, y, id=str(index)))
    return min(trial.best for trial in trials)


@pytest.mark.parametrize(
    "values",
    [
        [True, False, None],
        [None, 0, False, ""],
        [[1, 2], [2, 1], []],
        [{"a": 1}, {"a": [1, {"b": None}]}, {}],
        [1, "1", True],
        [1.5, [1.5], {"v": 1.5}],
    ],
)
def test_the_best_of_values_of_any_kind_is_found(values):
    """Closer than one draw in a hundred and fifty comes by chance."""
    lowest = best_of(
        {"c": {"values": values}, "x": {"min": 0.0, "max": 1.0}},
        lambda p: (repr(p["c"]) != repr(values[-1])) + (p["x"] - 0.4) ** 2,
    )
    assert lowest < 1e-4


def test_rows_of_a_zip_are_learnt_as_one_value():
    lowest = best_of(
        {"model": {"values": ["a", "b", "c"]}, "width": {"values": [[8], [16], None]}, "x": {"min": 0.0, "max": 1.0}},
        lambda p: (p["width"] != [16]) + (p["x"] - 0.4) ** 2,
        zip=[["model", "width"]],
    )
    assert lowest < 1e-4


def test_what_exists_under_a_condition_only_is_learnt():
    """The good place is in a branch, at a value of that branch's own parameter."""

    def loss(p):
        return 0.5 if p["optimizer"] == "adam" else 2 * abs(p["momentum"] - 0.8) + (p["nesterov"] is False)

    parameters = {
        "optimizer": {"values": ["adam", "sgd"]},
        "beta": {"min": 0.0, "max": 1.0, "when": {"optimizer": "adam"}},
        "momentum": {"min": 0.0, "max": 1.0, "when": {"optimizer": "sgd"}},
        "nesterov": {"values": [False, True], "when": {"optimizer": "sgd"}},
    }
    lowest = sorted(best_of(parameters, loss, runs=35, seed=seed) for seed in range(3))
    assert lowest[1] < 0.05


def test_values_that_the_program_rewrote_do_not_break_the_sweep():
    """Runs that report other values than they were given, of any kind, and prior runs that lack some."""
    swept = load_mapping(
        {
            "method": "bayes",
            "metric": {"name": "loss"},
            "parameters": {
                "c": {"values": ["a", ["b"], None]},
                "k": {"values": [1, 2], "when": {"c": "a"}},
                "d": {"expr": "x * 2"},
                "x": {"min": 0.0, "max": 1.0},
            },
            "repeat": {"times": 2},
        }
    ).config
    rng, trials = random.Random(0), []
    for index in range(30):
        (suggestion,) = suggest(swept, trials, index=index)
        told = {path: value for path, value in suggestion.values.items() if rng.random() < 0.8}
        if told and rng.random() < 0.4:
            told[rng.choice(list(told))] = rng.choice(["?", -1e300, None, {"x": 1}, [], True, 10**400, float("nan")])
        y = rng.random()
        trials.append(Trial(told, rng.choice(["finished", "crashed", "killed", "running"]), y, y, y, id=str(index)))
        assert suggestion.values[("d",)] == 2 * suggestion.values[("x",)]


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_a_finite_space_under_conditions_is_used_up_before_anything_comes_twice(method):
    swept = load_mapping(
        {
            "method": method,
            "metric": {"name": "loss"},
            "parameters": {
                "c": {"values": ["a", ["b"], None]},
                "k": {"min": 1, "max": 4, "when": {"c": "a"}},
                "b": {"values": [True, False]},
            },
            "forbid": [{"c": [None], "b": True}],
        }
    ).config
    trials = []
    for index in range(22):
        (suggestion,) = suggest(swept, trials, index=index)
        trials.append(Trial(suggestion.values, "finished", random.Random(index).random()))
    times = Counter(repr(sorted(flat(t.values).items())) for t in trials)
    assert len(times) == 4 * 2 + 2 + 1
    assert set(times.values()) == {2}
