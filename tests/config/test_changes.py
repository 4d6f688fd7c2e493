"""What differs between two configurations is said in words that name the parameter and both values."""

from __future__ import annotations

from typing import Any

import pytest

from besom.config import load_mapping
from besom.config.changes import changes, frozen

BASE: dict[str, Any] = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.001, "max": 0.1}, "opt": {"values": ["adam", "sgd"]}, "epochs": {"value": 3}},
}


def with_parameters(**parameters: Any) -> dict[str, Any]:
    return {**BASE, "parameters": {**BASE["parameters"], **parameters}}


def said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return changes(load_mapping(before).config, load_mapping(after).config)


@pytest.mark.parametrize(
    ("after", "sentences"),
    [
        (BASE, []),
        (with_parameters(lr={"min": 0.0001, "max": 1.0}), ["lr: min 0.001 → 0.0001", "lr: max 0.1 → 1"]),
        (
            with_parameters(lr={"min": 0.001, "max": 0.1, "distribution": "log_uniform_values"}),
            ["lr: uniform 0.001 to 0.1 → log_uniform_values 0.001 to 0.1"],
        ),
        (with_parameters(opt={"values": ["adam", "lion"]}), ["opt: added lion, removed sgd"]),
        (with_parameters(opt={"values": ["sgd", "adam"]}), ["opt: its values in another order"]),
        (
            with_parameters(opt={"values": ["adam", "sgd"], "probabilities": [0.25, 0.75]}),
            ["opt: adam, sgd → adam (0.25), sgd (0.75)"],
        ),
        (with_parameters(epochs={"value": 5}), ["epochs: constant 3 → constant 5"]),
        (with_parameters(opt={"value": "adam"}), ["opt: categorical adam, sgd → constant adam"]),
        (
            with_parameters(net={"parameters": {"width": {"min": 1, "max": 9}}}),
            ["net.width added: 1 to 9, whole numbers"],
        ),
        (
            with_parameters(momentum={"min": 0.0, "max": 1.0, "when": {"opt": "sgd"}}),
            ["momentum added: 0 to 1"],
        ),
        (
            {**BASE, "parameters": {"lr": BASE["parameters"]["lr"]}},
            ["epochs removed (was 3)", "opt removed (was adam, sgd)"],
        ),
        ({**BASE, "run_cap": 20, "method": "bayes"}, ["method: random → bayes", "run_cap: none → 20"]),
        (
            {**BASE, "early_terminate": {"type": "hyperband", "min_iter": 3}},
            ["early_terminate: none → hyperband, min_iter 3, eta 3"],
        ),
        ({**BASE, "metric": {**BASE["metric"], "target": 0.5}}, ["metric.target: none → 0.5"]),
        ({**BASE, "forbid": [{"opt": "sgd", "epochs": 3}]}, ["forbid: added epochs is 3 and opt is sgd"]),
        (
            {**BASE, "start_with": [{"lr": 0.01, "opt": "sgd"}]},
            ["start_with: added epochs=3, lr=0.01, opt=sgd"],
        ),
    ],
)
def test_each_difference_is_one_sentence(after: dict[str, Any], sentences: list[str]) -> None:
    assert said(BASE, after) == sentences
    assert bool(said(after, BASE)) == bool(sentences)


def test_a_condition_that_changes_is_told_in_words() -> None:
    before = with_parameters(momentum={"min": 0.0, "max": 1.0, "when": {"opt": "sgd"}})
    after = with_parameters(momentum={"min": 0.0, "max": 1.0, "when": {"opt": ["sgd", "adam"]}})
    assert said(before, after) == ["momentum: only where opt is sgd → opt is sgd or adam"]


def test_what_runs_and_agents_depend_on_is_frozen_and_the_rest_is_not() -> None:
    before = load_mapping({**BASE, "program": "train.py"}).config
    free = {**with_parameters(lr={"min": 0.1, "max": 0.5}), "program": "train.py", "method": "bayes", "run_cap": 3}
    assert frozen(before, load_mapping(free).config, 7) == []
    others = {
        "metric": {"name": "loss", "goal": "maximize"},
        "program": "main.py",
        "command": ["${program}", "${args}"],
        "repeat": {"times": 2},
        "controller": {"type": "local"},
        "seed": 8,
    }
    found = frozen(before, load_mapping({**BASE, **others}).config, 7)
    assert [problem.where for problem in found] == ["metric", "program", "command", "repeat", "search", "seed"]
    assert all(problem.fix for problem in found)
