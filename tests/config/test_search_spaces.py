"""Conditions, derived values, forbidden and paired values, repeats: what loads, and what is said of the rest."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.config import ConfigError, load
from besom.config.existence import complete
from besom.config.model import Budget, Condition, Derived, Expression, Repeat

BASE = {
    "method": "random",
    "parameters": {
        "optimizer": {"values": ["sgd", "adam", [1, 2]]},
        "layers": {"min": 1, "max": 4},
        "lr": {"min": 0.0, "max": 1.0},
        "net": {"parameters": {"width": {"values": [16, 32]}, "act": {"values": ["relu", "gelu"]}}},
        "drop-out": {"distribution": "q_uniform", "min": 0, "max": 0.5, "q": 0.1},
        "x": {"min": 1, "max": 9},
    },
}


def changed(change):
    """``BASE`` with ``change`` merged in; a key of ``x`` replaces that parameter's body."""
    config = copy.deepcopy(BASE)
    config["parameters"].update(change.pop("parameters", {}))
    return config | change


def loaded(**change):
    return load(changed(change)).config


def parameter(name, **change):
    return next(p for p in loaded(**change).parameters if p.name == name)


def refused(change):
    with pytest.raises(ConfigError) as caught:
        load(changed(change))
    (problem,) = caught.value.problems
    assert problem.fix or "Did you mean" in problem.rule
    return problem


def x(**body):
    return {"parameters": {"x": {"min": 1, "max": 9, **body}}}


def test_a_condition_names_values_that_must_all_hold():
    (condition,) = parameter("x", **x(when={"optimizer": "sgd", "net.width": [16, 32.0]})).when
    assert dict(condition.allowed) == {("optimizer",): ("sgd",), ("net", "width"): (16, 32)}


def test_a_list_is_one_value_where_the_parameter_has_that_value():
    (condition,) = parameter("x", **x(when={"optimizer": [1, 2]})).when
    assert condition.allowed == ((("optimizer",), ([1, 2],)),)
    (condition,) = parameter("x", **x(when={"optimizer": ["sgd", [1, 2]]})).when
    assert condition.allowed == ((("optimizer",), ("sgd", [1, 2])),)


def test_values_of_a_condition_take_the_type_that_the_parameter_gives_them():
    (condition,) = parameter("x", **x(when={"layers": "2", "drop-out": 0.30000000000000004})).when
    assert repr(dict(condition.allowed)) == repr({("drop-out",): (0.30000000000000004,), ("layers",): (2,)})


def test_a_formula_names_parameters_by_their_full_names():
    (condition,) = parameter("x", **x(when="net.width > 16 and `drop-out` < lr")).when
    assert condition.expression == Expression(
        "net.width > 16 and `drop-out` < lr", (("net", "width"), ("drop-out",), ("lr",))
    )


def test_a_groups_condition_goes_for_all_in_it():
    group = {"when": {"layers": 2}, "parameters": {"a": {"value": 1}, "b": {"values": [1, 2], "when": {"x": 3}}}}
    config = loaded(parameters={"group": group})
    own, inherited = Condition(allowed=((("x",), (3,)),)), Condition(allowed=((("layers",), (2,)),))
    whens = {p.name: p.when for p in config.parameters}
    assert whens["group.a"] == (inherited,)
    assert whens["group.b"] == (inherited, own)


def test_a_derived_value_keeps_its_formula_and_what_the_user_wrote():
    config = loaded(parameters={"double": {"expr": "2 * layers"}, "six": {"expr": 6}})
    found = {p.name: p for p in config.parameters}
    assert found["double"].distribution == Derived(Expression("2 * layers", (("layers",),)))
    assert found["double"].label == "expr"
    assert found["six"].distribution == Derived(Expression("6", ()))
    assert config.stored["parameters"]["double"] == {"expr": "2 * layers"}
    assert load(config.stored).config == config


def test_what_users_wrote_is_stored_as_they_wrote_it():
    keys = {
        "forbid": [{"optimizer": "sgd", "layers": [1, 2]}, "lr * x > 10"],
        "zip": [["net.width", "net.act"]],
        "repeat": {"times": 3, "parameter": "seed"},
        "metric": {"name": "loss", "use": "mean_last_5"},
    }
    config = loaded(**copy.deepcopy(keys))
    assert {key: config.stored[key] for key in keys} == keys
    assert (config.metric.use, config.metric.window) == ("mean_last", 5)
    assert config.zips == ((("net", "width"), ("net", "act")),)
    assert [condition.paths for condition in config.forbid] == [
        (("layers",), ("optimizer",)),
        (("lr",), ("x",)),
    ]


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (
            x(when={"optimizer": "sdg"}),
            "parameters.x.when.optimizer",
            "`optimizer` can never be this. The parameter is",
        ),
        (x(when={"layers": 9}), "parameters.x.when.layers", "a whole number from 1 to 4"),
        (x(when={"layers": []}), "parameters.x.when.layers", "never hold"),
        (x(when={"optimzer": "sgd"}), "parameters.x.when.optimzer", "Did you mean `optimizer`?"),
        (x(when={"net": 1}), "parameters.x.when.net", "`net` is a group"),
        (x(when={"width": 16}), "parameters.x.when.width", "There is no parameter `width`"),
        (x(when={"x": 1}), "parameters.x", "`x` needs `x`"),
        (x(when={}), "parameters.x.when", "A condition of `when` names parameters"),
        (x(when=["lr > 1"]), "parameters.x.when", "A condition of `when` names parameters"),
        (x(when=True), "parameters.x.when", "A condition of `when` names parameters"),
        (x(when="lr >"), "parameters.x.when", "not a formula"),
        (x(when="1 < 2"), "parameters.x.when", "speaks of no parameter"),
        (x(when="optimizer > 3"), "parameters.x.when", "The formula never works"),
        (x(when="optimizer == sgd"), "parameters.x.when", "no parameter `sgd`"),
        ({"parameters": {"x": {"expr": "1 / (layers - layers)"}}}, "parameters.x.expr", "division by zero"),
        ({"parameters": {"x": {"expr": "y"}, "y": {"expr": "x"}}}, "parameters.x", "`x` needs `y` needs `x`"),
        ({"parameters": {"x": {"expr": "layers", "min": 1}}}, "parameters.x.min", "no `min`"),
        ({"parameters": {"x": {"expr": ["layers"]}}}, "parameters.x.expr", "A formula is text"),
        ({"parameters": {"x": {"when": {"layers": 1}}}}, "parameters.x", "does not say which values"),
        (
            {"parameters": {"g": {"when": {"g.a": 1}, "parameters": {"a": {"values": [1]}}}}},
            "parameters.g.parameters.a",
            "circle",
        ),
        (
            {"parameters": {"g": {"when": "optimizer > 3", "parameters": {"a": {"value": 1}}}}},
            "parameters.g.when",
            "never works",
        ),
        ({"when": {"layers": 1}}, "when", "belongs to a parameter"),
        ({"forbid": {"layers": 1}}, "forbid", "a list of conditions"),
        ({"forbid": [3]}, "forbid[0]", "A condition of `forbid` names parameters"),
        ({"forbid": [{"layers": 1}, {"layers": 7}]}, "forbid[1].layers", "can never be this"),
        ({"forbid": ["lr > 0.9"] * 1001}, "forbid", "at most 1,000"),
        ({"zip": "net"}, "zip", "a list of lists"),
        ({"zip": ["net.width", "net.act"]}, "zip", "one list"),
        ({"zip": [["net.width"]]}, "zip[0]", "at least two"),
        ({"zip": [["net.width", "net.act", "net.act"]]}, "zip[0]", "different names"),
        ({"zip": [["net.width", "no_such"]]}, "zip[0]", "There is no parameter `no_such`"),
        ({"zip": [["net.width", "layers"]]}, "zip[0]", "`layers` has no list of `values`"),
        ({"zip": [["net.width", "optimizer"]]}, "zip[0]", "`net.width` has 2, `optimizer` has 3"),
        ({"zip": [["net.width", "net.act"], ["net.act", "net.width"]]}, "zip[1]", "in a list before"),
        (
            {"parameters": {"x": {"values": [1, 2], "when": {"layers": 1}}}, "zip": [["net.act", "x"]]},
            "zip[0]",
            "`when`",
        ),
        (
            {"parameters": {"x": {"values": [1, 2], "probabilities": [0.5, 0.5]}}, "zip": [["net.act", "x"]]},
            "zip[0]",
            "probabilities",
        ),
        ({"repeat": 3}, "repeat", "a mapping with `times`"),
        ({"repeat": {"parameter": "seed"}}, "repeat", "needs `times`"),
        ({"repeat": {"times": 0}}, "repeat.times", "from 1 to 10,000"),
        ({"repeat": {"times": 1.5}}, "repeat.times", "whole number"),
        ({"repeat": {"time": 3, "times": 3}}, "repeat.time", "Did you mean `times`?"),
        ({"repeat": {"times": 3, "parameter": "net"}}, "repeat.parameter", "`net` is a group"),
        ({"repeat": {"times": 3, "parameter": "net.width"}}, "repeat.parameter", "has 2 values for 3 repeats"),
        ({"repeat": {"times": 3, "parameter": "lr"}}, "repeat.parameter", "a list of `values`"),
        (x(when={"layers": 1}) | {"repeat": {"times": 2, "parameter": "x"}}, "repeat.parameter", "has a `when`"),
        (
            x(when={"layers": 1}) | {"repeat": {"times": 2, "parameter": "layers"}},
            "repeat.parameter",
            "`x` cannot depend",
        ),
        ({"forbid": [{"x": 1}], "repeat": {"times": 2, "parameter": "x"}}, "repeat.parameter", "`forbid` cannot"),
        (
            {"parameters": {"x": {"values": [1, 1.0]}}, "repeat": {"times": 2, "parameter": "x"}},
            "repeat.parameter",
            "twice",
        ),
        ({"grid_order": "shuffled"}, "grid_order", "one of `sorted`, `random`"),
        ({"metric": {"name": "a", "use": "mean_last_0"}}, "metric.use", "`mean_last_5`"),
        ({"retry": 2}, "retry", "write `retry: {max: 2}`"),
        ({"retry": {"on": ["failed"]}}, "retry", "needs `max`"),
        ({"retry": {"max": 0}}, "retry.max", "from 1 to 100"),
        ({"retry": {"max": True}}, "retry.max", "write `max: 2`"),
        ({"budget": {"runs": True}}, "budget.runs", "`runs: 10`"),
        ({"retry": {"max": 1, "on": ["killed"]}}, "retry.on", "not after `killed`"),
        ({"retry": {"max": 1, "on": []}}, "retry.on", "a list of the states"),
        ({"method": "custom", "search": "mine:propose", "retry": {"max": 1}}, "retry", "chosen outside the server"),
        ({"budget": 12}, "budget", "write `budget: {runs: 12}`"),
        ({"budget": {}}, "budget", "`hours`, `gpu_hours`, `no_improvement_in`"),
        ({"budget": {"hours": 0}}, "budget.hours", "greater than 0"),
        ({"budget": {"runs": 2.5}}, "budget.runs", "a whole number"),
        ({"budget": {"gpu_hour": 2}}, "budget.gpu_hour", "Did you mean `gpu_hours`?"),
        ({"budget": {"runs": 3}, "run_cap": 4}, "budget.runs", "mean the same and differ"),
        ({"budget": {"no_improvement_in": 3}}, "budget.no_improvement_in", "there is no `metric`"),
    ],
)
def test_each_mistake_is_named_with_its_place_and_its_rule(change, where, words):
    problem = refused(copy.deepcopy(change))
    assert problem.where == where
    assert words in problem.rule + problem.fix


def test_who_is_tried_again_may_be_one_word_and_is_every_broken_run_when_nothing_is_said():
    rules = [{"max": 2}, {"max": 2, "on": "crashed"}, {"max": 2, "on": ["preempted"]}, {"max": 2, "true": ["failed"]}]
    assert [loaded(retry=rule).retry.on for rule in rules] == [("failed", "crashed"), ("crashed",), (), ("failed",)]


def test_runs_of_a_budget_are_the_run_cap():
    config = loaded(budget={"runs": 5, "hours": 0.5}, run_cap=5)
    assert (config.run_cap, config.cap_key, config.budget) == (5, "budget.runs", Budget(runs=5, hours=0.5))
    assert loaded(run_cap=5).cap_key == "run_cap"


def test_long_chains_of_needs_are_followed():
    chain = {f"c{number}": {"expr": f"c{number - 1} + 1"} for number in range(1, 2000)}
    config = loaded(parameters={"c0": {"value": 0}, **chain})
    assert complete(config.parameters, {p.path: 0 for p in config.parameters})["c1999",] == 1999


def test_a_faulty_parameter_is_reported_once_not_by_all_that_speak_of_it():
    change = x(when={"layers": 2}) | {"forbid": ["layers > 2"], "zip": [["layers", "net.act"]]}
    change["parameters"]["layers"] = {"values": []}
    assert refused(change).where == "parameters.layers.values"


def test_the_line_of_a_condition_is_told():
    text = "method: random\nparameters:\n  a: {values: [1, 2]}\n  b:\n    value: 1\n    when:\n      a: 3\n"
    with pytest.raises(ConfigError, match=r"line 7 parameters\.b\.when\.a = 3"):
        load(text)


def test_a_name_with_a_hyphen_is_pointed_to_backquotes():
    problem = refused(x(when="drop-out > 0.1"))
    assert "`` `drop-out` ``" in problem.fix


def test_a_derived_value_that_fails_somewhere_is_warned_of():
    (warning,) = load(changed({"parameters": {"y": {"expr": "1 / (layers - 1)"}}})).warnings
    assert warning.where == "parameters.y.expr"
    assert "where layers is 1: division by zero" in warning.rule


def test_a_formula_is_not_tried_where_its_value_does_not_exist():
    body = {"expr": "1 / (layers - 1)", "when": "layers > 1"}
    assert load(changed({"parameters": {"y": body}})).warnings == []


@pytest.mark.parametrize(
    ("repeat", "parameters", "expected"),
    [
        ({"times": 3}, {}, Repeat(3)),
        ({"times": 3, "parameter": "seed"}, {}, Repeat(3, ("seed",), (0, 1, 2))),
        ({"times": 2, "parameter": "seed"}, {"seed": {"values": [7, 11, 13]}}, Repeat(2, ("seed",), (7, 11))),
        ({"times": 2, "parameter": "seed"}, {"seed": {"min": 5, "max": 9}}, Repeat(2, ("seed",), (5, 6))),
        (
            {"times": 2, "parameter": "run.seed"},
            {"run": {"parameters": {"seed": {"values": ["a", "b"]}}}},
            Repeat(2, ("run", "seed"), ("a", "b")),
        ),
    ],
)
def test_repeats_count_or_take_the_listed_values(repeat, parameters, expected):
    assert loaded(repeat=repeat, parameters=parameters).repeat == expected


def test_bayes_needs_something_to_search():
    config = {"method": "bayes", "metric": {"name": "loss"}, "repeat": {"times": 2, "parameter": "seed"}}
    parameters = {"a": {"value": 2}, "b": {"expr": "2 * a"}, "seed": {"values": [1, 2]}}
    with pytest.raises(ConfigError, match="nothing to search"):
        load({**config, "parameters": parameters})


def test_an_order_without_a_grid_has_no_effect():
    assert loaded(method="random", grid_order="sorted").grid_order == "sorted"
    (warning,) = load(changed({"grid_order": "random"})).warnings
    assert (warning.where, "no effect" in warning.rule) == ("grid_order", True)
    small = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}, "grid_order": "random"}
    assert load(small).config.grid_order == "random"
    assert load(small).warnings == []


START = {"optimizer": "sgd", "layers": 2, "lr": 0.1, "net": {"width": 16, "act": "relu"}, "drop-out": 0.1, "x": 3}
SPACE = {
    "parameters": {
        "x": {"min": 1, "max": 9, "when": {"layers": [2, 3]}},
        "y": {"value": 5, "when": "x > 2"},
        "twice": {"expr": "2 * x"},
    },
    "zip": [["net.width", "net.act"]],
    "forbid": [{"layers": 3, "optimizer": "adam"}],
    "repeat": {"times": 2, "parameter": "seed"},
}


def start(point):
    (found,) = loaded(**copy.deepcopy(SPACE), start_with=[point]).start_with
    return {".".join(path): value for path, value in found.items()}


def without(*names, **changes):
    return {name: value for name, value in START.items() if name not in names} | changes


def test_a_first_point_gets_what_is_computed_and_what_has_one_value():
    assert start(START)["twice"] == 6
    assert start(START)["y"] == 5
    assert start({**START, "twice": 6.0})["twice"] == 6


def test_a_first_point_leaves_out_what_does_not_exist():
    assert set(start(without("x", layers=1))) == {"optimizer", "layers", "lr", "net.width", "net.act", "drop-out"}
    assert "y" not in start(without(x=2))


def test_a_first_point_needs_one_value_of_a_pair():
    assert start(without(net={"width": 32}))["net.act"] == "gelu"


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (without(layers=1), r"start_with\[0\].x = 3\n  The parameter does not exist here: it needs layers is 2 or 3."),
        (without("x"), r"start_with\[0\].x\n  The parameter has no value here"),
        (without(x=2, y=5), "does not exist here: it needs x > 2"),
        (without("x", layers=1, twice=6), "does not exist here: it is computed from `x`, which does not"),
        (without(twice=7), r"start_with\[0\].twice = 7\n  The parameter is computed, and is 6 here."),
        (
            without(layers=3, optimizer="adam"),
            r"`forbid\[0\]` rules this point out: layers is 3 and optimizer is adam.",
        ),
        (without(net={"width": 16, "act": "gelu"}), "`net.width`, `net.act` go together"),
        (without(seed=1), "The sweep has no parameter `seed` here"),
    ],
)
def test_a_first_point_that_breaks_a_rule_is_told_which(point, words):
    with pytest.raises(ConfigError, match=words):
        start(point)


WORDS = st.sampled_from(
    ["optimizer", "layers", "lr", "net.width", "net", "x", "sgd", "layers > 1", "x / 0", "2 * lr", ""]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 20) | st.floats(allow_nan=False) | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PLACES = st.sampled_from(
    [
        ("forbid",), ("zip",), ("repeat",), ("repeat", "parameter"), ("grid_order",), ("search",), ("scheduler",),
        ("metrics",), ("start_with",), ("metric", "use"), ("parameters", "x", "when"), ("parameters", "x", "expr"),
        ("parameters", "net", "when"), ("parameters", "net", "parameters", "width", "when"), ("controller",),
    ]
)  # fmt: skip


@given(st.lists(st.tuples(PLACES, ANYTHING), min_size=1, max_size=3), st.sampled_from(["random", "grid", "custom"]))
def test_whatever_stands_there_loads_or_is_told_of(changes, method):
    config = copy.deepcopy(BASE) | {"method": method, "metric": {"name": "loss"}}
    for path, value in changes:
        level = config
        for name in path[:-1]:
            level = level.setdefault(name, {}) if isinstance(level.get(name, {}), dict) else {}
        level[path[-1]] = value
    try:
        found = load(config).config
    except ConfigError:
        return
    assert load(found.stored).config == found
