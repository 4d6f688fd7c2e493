"""A configuration guessed from runs searches what differed between them, and always loads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besom.config import load_text
from besom.config.guess import Seen, guess
from besom.config.model import Categorical, IntUniform, LogUniform, SweepConfig, Uniform


def config_of(*runs: Seen) -> SweepConfig:
    loaded = load_text(guess(runs))
    assert loaded.warnings == []
    return loaded.config


def searched(config: SweepConfig) -> dict[str, Any]:
    return {parameter.name: parameter.distribution for parameter in config.parameters}


def test_what_differed_is_searched_over_what_was_seen_and_the_rest_is_left_to_the_program() -> None:
    settings_of = [
        {"lr": 0.001, "dropout": 0.1, "batch": 32, "layers": 2, "opt": "adam", "epochs": 5, "net": {"act": "relu"}},
        {"lr": 0.1, "dropout": 0.5, "batch": 128, "layers": 5, "opt": "sgd", "epochs": 5, "net": {"act": "gelu"}},
    ]
    runs = [Seen(config, {"val_loss": 1.0, "epoch": 4, "_step": 9}, "train.py") for config in settings_of]
    config = config_of(*runs, Seen({"lr": 0.01}, {}, None))
    assert searched(config) == {
        "lr": LogUniform(0.001, 0.1),
        "dropout": Uniform(0.1, 0.5),
        "batch": Categorical((32, 128)),
        "layers": IntUniform(2, 5),
        "opt": Categorical(("adam", "sgd")),
        "net.act": Categorical(("gelu", "relu")),
    }
    assert (config.method, config.program) == ("bayes", "train.py")
    assert config.metric is not None
    assert (config.metric.name, config.metric.goal) == ("val_loss", "minimize")
    assert "# Left to the program: epochs" in guess(runs)


@pytest.mark.parametrize(
    ("seen", "distribution"),
    [
        ([n / 80 for n in range(1, 81)], Uniform(0.012, 1.0)),  # drawn evenly, they come near to nothing by chance
        ([0.05, 0.3, 0.5], Uniform(0.05, 0.5)),
        ([10.0 ** (-n / 20) for n in range(81)], LogUniform(0.0001, 1.0)),
        ([1e-4, 3e-4, 1e-3], LogUniform(0.0001, 0.001)),
        ([0.01, 0.1], LogUniform(0.01, 0.1)),
    ],
)
def test_a_wide_range_is_searched_by_its_logarithm_if_what_was_seen_lies_so(
    seen: list[float], distribution: object
) -> None:
    assert searched(config_of(*(Seen({"x": x}, {}) for x in seen))) == {"x": distribution}


def test_what_is_searched_is_not_left_to_the_program_whichever_way_a_run_writes_its_name() -> None:
    runs = [Seen({"net.width": 1}, {}), Seen({"net.width": 2}, {}), Seen({"net": {"width": 3, "act": "relu"}}, {})]
    assert guess(runs).endswith("# Left to the program: net.act\n")


def test_around_a_single_run_numbers_are_searched() -> None:
    config = config_of(Seen({"lr": 0.01, "dropout": 0.5, "width": 64, "seed": 3, "name": "x", "off": 0}, {"acc": 0.5}))
    assert searched(config) == {
        "lr": LogUniform(0.001, 0.1),
        "dropout": Uniform(0.25, 0.75),
        "width": Categorical((32, 64, 128)),
    }
    assert config.metric is not None
    assert config.metric.goal == "maximize"


@pytest.mark.parametrize(
    ("logged", "name", "goal"),
    [
        ([{"loss": 1, "val_loss": 1}], "val_loss", "minimize"),
        ([{"train/f1": 1, "eval/f1": 1, "loss": 1}], "eval/f1", "maximize"),
        ([{"reward": 1}, {"reward": 1, "loss": 1}], "reward", "maximize"),
        ([{"valAccuracy": 1, "zeta": 1, "epoch": 3}], "valAccuracy", "maximize"),
        ([{"zeta": 1.0, "note": "text", "ok": True, "_runtime": 3}], "zeta", "minimize"),
    ],
)
def test_the_metric_is_what_most_runs_logged_with_the_goal_that_its_name_tells(
    logged: list[dict[str, Any]], name: str, goal: str
) -> None:
    metric = config_of(*(Seen({"lr": 0.1 * n}, summary) for n, summary in enumerate(logged, 1))).metric
    assert metric is not None
    assert (metric.name, metric.goal) == (name, goal)


def test_from_nothing_comes_an_example_that_runs() -> None:
    assert config_of().method == config_of(Seen({}, {})).method == "random"
    assert guess([]).startswith("# An example, for there is no run yet: look at each line")
    names = [f"run {number} of many" for number in range(30)]
    assert list(searched(config_of(*(Seen({"name": name, "lr": 0.1}, {}) for name in names)))) == ["lr"]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(["lr", "a b", "model", "value", "parameters", "min", "", "ü", "${x}", "# x"]) | st.text(
    max_size=5
)
_RUNS = st.lists(
    st.builds(
        Seen,
        config=st.dictionaries(_NAMES, _ANY, max_size=4),
        summary=st.dictionaries(st.text(max_size=5), _ANY, max_size=3),
        program=st.none() | st.text(max_size=8),
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(_RUNS)
def test_whatever_the_runs_were_the_guess_loads(runs: list[Seen]) -> None:
    load_text(guess(runs))
