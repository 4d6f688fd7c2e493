"""Any configuration built from valid pieces loads; one bad value is reported at its path and line."""

import copy
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.config import ConfigError, load
from besom.config.yaml_writer import write_yaml

NAMES = st.from_regex(r"[a-z_][a-z0-9_.-]{0,6}", fullmatch=True)
LOW = st.floats(-50, 50, allow_subnormal=False).map(lambda number: round(number, 3))
WIDTH = st.floats(1, 50).map(lambda number: round(number, 3))
SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | LOW | st.text("abc", max_size=4)


def bounds(low, width, **keys):
    return {"min": low, "max": low + width, **keys}


CONSTANT = st.builds(lambda value: {"value": value}, SCALARS | st.lists(SCALARS, max_size=3))
CATEGORICAL = st.builds(lambda values: {"values": values}, st.lists(SCALARS, min_size=1, max_size=4))
INTEGERS = st.builds(bounds, st.integers(-9, 9), st.integers(1, 9))
REALS = st.builds(bounds, LOW, WIDTH)
QUANTISED = st.builds(lambda low, width: bounds(low, width, distribution="q_uniform", q=0.5), LOW, WIDTH)
LOGARITHMIC = st.builds(lambda width: bounds(1e-5, width, distribution="log_uniform_values"), WIDTH)
NORMAL = st.builds(lambda mu, sigma: {"distribution": "normal", "mu": mu, "sigma": sigma}, LOW, WIDTH)
GRID_LEAF = CONSTANT | CATEGORICAL | INTEGERS | QUANTISED
LEAF = GRID_LEAF | REALS | LOGARITHMIC | NORMAL


def blocks(leaf):
    group = st.builds(lambda inner: {"parameters": inner}, st.dictionaries(NAMES, leaf, min_size=1, max_size=2))
    return st.dictionaries(NAMES, leaf | group, min_size=1, max_size=4)


METRIC = st.fixed_dictionaries(
    {"name": st.just("val/loss")}, optional={"goal": st.sampled_from(["minimize", "maximize"])}
)
STOP = st.sampled_from(
    [
        {"type": "hyperband", "min_iter": 3},
        {"type": "hyperband", "max_iter": 27, "s": 2},
        {"type": "hyperband", "min_iter": 1, "eta": 1.5, "strict": False},
        {"type": "asha"},
        {"type": "asha", "min_iter": 2, "eta": 4, "max_iter": 50},
        {"type": "median"},
        {"type": "median", "min_iter": 5, "min_runs": 2, "interval": 5},
    ]
)
OPTIONAL = {
    "early_terminate": STOP.map(dict),
    "run_cap": st.integers(1, 99),
    "seed": st.integers(0, 99),
    "command": st.just(["python", "${program}", "${args}"]),
    "program": st.just("train.py"),
}


KIND = {"kind_of_it": {"values": ["p", "q"]}}
"""A parameter that the others can speak of; no other is called like that."""
WHEN = st.sampled_from([{"kind_of_it": "p"}, {"kind_of_it": ["p", "q"]}, "kind_of_it == 'q'"])
FORBID = st.lists(WHEN, max_size=2)


def configs(method, leaf):
    conditional = st.builds(lambda body, when: {**body, "when": when}, leaf, WHEN)
    derived = st.just({"expr": "kind_of_it + '!'"})
    parameters = blocks(leaf | conditional | derived).map(lambda block: {**block, **KIND})
    return st.fixed_dictionaries(
        {"method": st.just(method), "metric": METRIC, "parameters": parameters},
        optional={**OPTIONAL, "forbid": FORBID},
    )


def searched(config):
    """Bayes wants something to search."""
    config["parameters"]["searched"] = {"min": 0.0, "max": 1.0}
    return config


CONFIGS = configs("grid", GRID_LEAF) | configs("random", LEAF) | configs("bayes", LEAF).map(searched)


def leaf_count(block):
    return sum(leaf_count(body["parameters"]) if "parameters" in body else 1 for body in block.values())


@given(CONFIGS)
def test_every_configuration_of_valid_pieces_loads_from_python_and_from_text(config):
    from_python = load(config).config
    from_text = load(write_yaml(config)).config
    assert repr(from_python) == repr(from_text)
    assert len(from_python.parameters) == leaf_count(config["parameters"])
    assert [parameter.path for parameter in from_python.parameters] == sorted(
        parameter.path for parameter in from_python.parameters
    )


@given(CONFIGS)
def test_the_stored_configuration_loads_to_the_same_configuration(config):
    first = load(config).config
    again = load(first.stored).config
    assert repr(again) == repr(first)


@given(CONFIGS)
def test_checking_does_not_change_what_the_user_gave(config):
    before = copy.deepcopy(config)
    load(config)
    assert repr(config) == repr(before)


MUTATIONS = [
    (("method",), "grids"),
    (("method",), ["grid"]),
    (("parameters",), []),
    (("parameters",), {}),
    (("metric",), "loss"),
    (("metric", "goal"), "lower"),
    (("metric", "target"), "low"),
    (("metric", "impute"), "mean"),
    (("early_terminate",), "hyperband"),
    (("early_terminate",), {"type": "mean"}),
    (("early_terminate",), {"type": "median", "interval": 0}),
    (("early_terminate",), {"type": "asha", "min_iter": 9, "max_iter": 9}),
    (("early_terminate",), {"type": "hyperband"}),
    (("early_terminate",), {"type": "hyperband", "max_iter": 27}),
    (("run_cap",), 0),
    (("run_cap",), 5.1),
    (("run_cap",), "5"),
    (("run_cap",), True),
    (("run_cap",), math.inf),
    (("seed",), -1),
    (("seed",), 0.5),
    (("command",), "python train.py"),
    (("program",), ["train.py"]),
    (("controller",), "local"),
    (("controller", "type"), "remote"),
    (("forbid",), {"bad": 1}),
    (("forbid",), [{"no_such_name": 1}]),
    (("forbid",), ["bad >"]),
    (("zip",), ["bad", "lr"]),
    (("zip",), [["bad"]]),
    (("repeat",), 3),
    (("repeat",), {"times": 0}),
    (("grid_order",), "shuffled"),
    (("search",), "find.py"),
    (("budget",), {"runs": 0}),
    (("retry",), {"max": 0}),
    (("metrics",), [{"name": "a"}, {"name": "b"}]),
    (("scheduler",), {"engine": "ax"}),
    (("parameters", "bad"), 5),
    (("parameters", "bad"), None),
    (("parameters", "bad"), [1, 2]),
    (("parameters", "bad"), {}),
    (("parameters", "bad"), {"parameters": {}}),
    (("parameters", "bad"), {"x": {"value": 1}, "y": {"value": 2}}),
    (("parameters", "bad", "values"), []),
    (("parameters", "bad", "values"), 3),
    (("parameters", "bad", "values"), {"a": 1}),
    (("parameters", "bad", "expr"), "2 * no_such_name"),
    (("parameters", "bad", "when"), {"kind_of_it": "z"}),
    (("parameters", "bad", "when"), []),
    (("parameters", "bad", "mu"), 3),
    (("parameters", "bad", "distribution"), "loguniform"),
    (("parameters", "bad", "distribution"), None),
    (("parameters", "bad"), {"min": 1}),
    (("parameters", "bad"), {"distribution": "beta", "value": 1}),
]
WITHIN_A_PARAMETER = [
    ({"min": 1, "max": 1}, "max"),
    ({"min": 2.0, "max": 1.0}, "max"),
    ({"min": True, "max": 3}, "min"),
    ({"min": "low", "max": 3}, "min"),
    ({"min": 1, "max": math.nan}, "max"),
    ({"min": -math.inf, "max": 0}, "min"),
    ({"min": 1, "max": 10**400}, "max"),
    ({"min": -1e308, "max": 1e308}, "max"),
    ({"min": 0, "max": 10**19}, "max"),
    ({"min": 1, "max": 2, "q": 1}, "q"),
    ({"value": 1, "min": 1}, "min"),
    ({"value": 1, "values": [1]}, "values"),
    ({"distribution": "int_uniform", "min": 1.5, "max": 2}, "min"),
    ({"distribution": "int_uniform", "min": 2**53, "max": 2**53 + 3}, "max"),
    ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0}, "q"),
    ({"distribution": "q_uniform", "min": 1.5, "max": 1.75, "q": 1}, "q"),
    ({"distribution": "log_uniform_values", "min": 0, "max": 1}, "min"),
    ({"distribution": "log_uniform", "min": 0, "max": 1000}, "max"),
    ({"distribution": "inv_log_uniform", "min": -1000, "max": 1}, "min"),
    ({"distribution": "normal", "sigma": -1}, "sigma"),
    ({"distribution": "log_normal", "mu": 1000}, "mu"),
    ({"distribution": "beta", "a": 0}, "a"),
    ({"distribution": "beta", "b": -1}, "b"),
    ({"values": [1, 2], "probabilities": [0.5]}, "probabilities"),
    ({"values": [1, 2], "probabilities": [0.5, 0.6]}, "probabilities"),
    ({"values": [1, 2], "probabilities": 0.5}, "probabilities"),
]


def refused(config):
    """Load as text and as a mapping; both must find the same; return the problems of the text."""
    with pytest.raises(ConfigError) as from_python:
        load(config)
    with pytest.raises(ConfigError) as from_text:
        load(write_yaml(config), filename="sweep.yaml")
    paths = [problem.path for problem in from_text.value.problems]
    assert sorted(map(str, paths)) == sorted(str(problem.path) for problem in from_python.value.problems)
    assert "sweep.yaml" in str(from_text.value)
    return from_text.value.problems


def line_of(config, path):
    """The line at which the value of ``path`` starts: a marker in its place shows it."""
    marked = copy.deepcopy(config)
    put(marked, path, "marker")
    return next(
        number for number, line in enumerate(write_yaml(marked).splitlines(), start=1) if line.endswith(" marker")
    )


def put(config, path, value):
    for key in path[:-1]:
        config = config.setdefault(key, {})
    config[path[-1]] = value


@given(CONFIGS, st.sampled_from(MUTATIONS))
def test_one_bad_value_is_reported_at_its_path_and_line(config, mutation):
    path, value = mutation
    if path[:2] == ("parameters", "bad"):
        config["parameters"].pop("bad", None)
    put(config, path, value)
    problems = refused(config)
    found = [problem for problem in problems if problem.path[: len(path)] == path]
    assert found, problems
    assert found[0].line == line_of(config, path) or found[0].path != path
    assert found[0].rule


@given(configs("random", LEAF), st.sampled_from(WITHIN_A_PARAMETER), st.booleans())
def test_a_bad_key_within_a_parameter_is_reported_at_that_key(config, case, nested):
    body, key = case
    path = ("parameters", "group~", "parameters", "bad") if nested else ("parameters", "bad~")
    put(config, path, copy.deepcopy(body))
    (problem,) = refused(config)
    assert problem.path == (*path, key)
    assert problem.line == line_of(config, (*path, key))
    assert problem.fix
