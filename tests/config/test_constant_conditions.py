"""Formulas of conditions that listed values decide once and for all are warned of."""

import pytest

from besom.config import load_mapping

PARAMETERS = {
    "opt": {"values": ["sgd", "adam"]},
    "layers": {"min": 1, "max": 4},
    "seed": {"value": 3},
    "odd": {"value": "{y}"},
    "lr": {"min": 0.0, "max": 1.0},
}


def warnings(x=None, **config):
    """(where, rule) of each."""
    parameters = {**PARAMETERS, "x": {"min": 0.0, "max": 1.0, **(x or {})}}
    loaded = load_mapping({"method": "random", "program": "train.py", "parameters": parameters, **config})
    return [(warning.where, warning.rule) for warning in loaded.warnings]


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        ("opt == 'sgdd'", '`opt` ("sgd", "adam")'),
        ("layers > 4 and opt == 'sgd'", '`layers` (1 to 4), `opt` ("sgd", "adam")'),
        ("seed == 2", "`seed` (3)"),
        ("odd == 'x'", '`odd` ("{y}")'),
    ],
)
def test_a_condition_that_never_holds(formula, values):
    told = f"the formula is false for all values of {values}."
    assert warnings({"when": formula}) == [("parameters.x.when", f"`x` never exists: {told}")]
    assert warnings(forbid=[formula]) == [("forbid[0]", f"It forbids nothing: {told}")]


def test_a_forbid_that_always_holds():
    assert warnings(forbid=["layers < 5"]) == [
        ("forbid[0]", "It forbids everything: the formula is true for all values of `layers` (1 to 4).")
    ]


def test_the_condition_of_a_group_is_warned_of_once():
    group = {"when": "opt == 'sgdd'", "parameters": {"a": {"values": [1, 2]}, "b": {"values": [1, 2]}}}
    parameters = {**PARAMETERS, "net": {"parameters": {"deep": group}}}
    ((where, rule),) = warnings(parameters=parameters)
    assert (where, rule.partition(":")[0]) == ("parameters.net.parameters.deep.when", "`net.deep` never exists")


@pytest.mark.parametrize("formula", ["opt == 'sgd'", "layers > 3 or opt == 'sgdd'", "lr > 2", "6 / (layers - 1) > 5"])
def test_nothing_is_said_of_what_may_hold_or_cannot_be_tried(formula):
    assert warnings({"when": formula}, forbid=[formula]) == []


def test_many_combinations_are_not_tried():
    parameters = {**PARAMETERS, **{name: {"min": 1, "max": 100} for name in "abc"}, "x": {"when": "a + b > c * 999"}}
    assert warnings(parameters={**parameters, "x": {"value": 1, "when": "a + b > c * 999"}}) == []
