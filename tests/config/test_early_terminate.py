"""The block ``early_terminate``: what it may say, and how a rule is told."""

import pytest

from besom.config import ConfigError, load, load_mapping
from besom.config.early_terminate import describe
from besom.config.model import Asha, Hyperband, Median

SMALLEST = {"method": "random", "metric": {"name": "a"}, "parameters": {"x": {"value": 1}}}
NO_OBJECT = "must be a mapping with a `type`"


@pytest.mark.parametrize(
    ("keys", "rule", "words"),
    [
        ({"type": "hyperband", "min_iter": 3}, Hyperband(3), "hyperband, min_iter 3, eta 3"),
        ({"type": "hyperband", "max_iter": 27, "s": 2}, Hyperband(None, 27, 2), "hyperband, max_iter 27, s 2, eta 3"),
        ({"type": "asha"}, Asha(), "asha, min_iter 3, eta 3"),
        ({"type": "asha", "max_iter": 81.0, "eta": "4"}, Asha(3, 4, 81), "asha, min_iter 3, eta 4, max_iter 81"),
        ({"type": "median"}, Median(), "median, min_iter 5, min_runs 5, interval 1"),
        (
            {"type": "median", "min_iter": 4, "interval": 2},
            Median(4, 5, 2),
            "median, min_iter 4, min_runs 5, interval 2",
        ),
    ],
)
def test_a_rule_is_read_and_described(keys, rule, words):
    found = load({**SMALLEST, "early_terminate": keys}).config.early_terminate
    assert found == rule
    assert describe(found) == words


@pytest.mark.parametrize(
    ("block", "path", "words"),
    [
        ("asha", "early_terminate", NO_OBJECT),
        ({"min_iter": 3}, "early_terminate", "needs a `type`: `hyperband`, `asha` or `median`"),
        ({"type": "hyperbrand"}, "early_terminate.type", "Did you mean `hyperband`?"),
        ({"type": ["asha"]}, "early_terminate.type", "no such stopping rule"),
        ({"type": "envelope"}, "early_terminate.type", "no longer exists"),
        ({"type": "hyperband", "max_iter": 2, "s": 2}, "early_terminate.max_iter", "no bracket"),
        ({"type": "hyperband", "max_iter": 27, "s": 0}, "early_terminate.s", "at least 1"),
        ({"type": "hyperband", "max_iter": 27, "s": 1.5}, "early_terminate.s", "whole number"),
        ({"type": "hyperband", "min_iter": 3, "max_iter": 27}, "early_terminate", "needs `s`"),
        ({"type": "hyperband", "min_iter": 0}, "early_terminate.min_iter", "at least 1"),
        ({"type": "hyperband", "min_iter": 3, "eta": 1}, "early_terminate.eta", "greater than 1"),
        ({"type": "hyperband", "max_iter": 10**18, "s": 10**18, "eta": 1.0000001}, "early_terminate.s", "at most 1000"),
        ({"type": "hyperband", "min_iter": 3, "strict": "no"}, "early_terminate.strict", "true or false"),
        ({"type": "asha", "min_iter": 0}, "early_terminate.min_iter", "at least 1"),
        ({"type": "asha", "eta": 0.5}, "early_terminate.eta", "greater than 1"),
        ({"type": "asha", "min_iter": 1, "eta": 1.0000001}, "early_terminate.eta", "at least 1.01"),
        ({"type": "asha", "min_iter": 9, "max_iter": 9}, "early_terminate.max_iter", "greater than `min_iter`, 9"),
        ({"type": "median", "min_runs": 0}, "early_terminate.min_runs", "at least 1"),
        ({"type": "median", "interval": 2.5}, "early_terminate.interval", "whole number"),
        ({"type": "median", "min_run": 3}, "early_terminate.min_run", "Did you mean `min_runs`?"),
    ],
)
def test_an_unusable_rule_is_refused(block, path, words):
    with pytest.raises(ConfigError) as caught:
        load({**SMALLEST, "early_terminate": block})
    (problem,) = caught.value.problems
    assert problem.where == path
    assert words in problem.rule


@pytest.mark.parametrize(
    ("use", "rule", "judged"),
    [
        ("best", {"type": "asha"}, None),
        ("last", {"type": "asha"}, None),
        ("last", {"type": "hyperband", "min_iter": 3}, None),
        ("mean_last_5", {"type": "asha"}, "its newest value"),
        ("mean_last_5", {"type": "hyperband", "min_iter": 3}, "its newest value"),
        ("last", {"type": "hyperband", "min_iter": 3, "strict": False}, "its best value so far"),
        ("last", {"type": "median"}, "its best value so far"),
    ],
)
def test_a_number_that_runs_count_with_and_are_not_judged_by_is_warned_of(use, rule, judged):
    config = {"method": "random", "program": "t.py", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    found = load_mapping({**config, "metric": {"name": "loss", "use": use}, "early_terminate": rule}).warnings
    assert [warning.where for warning in found] == (["metric.use"] if judged else [])
    assert all(f"on the way by {judged}." in warning.rule for warning in found)
