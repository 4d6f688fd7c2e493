"""Spaces in which not every parameter exists in every point, and not every combination is a point."""

from dataclasses import replace

import numpy as np
import pytest
from brute_force import all_points, grid_values, space_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_configs import config, flat
from strategies import conditional_configs, distributions

from besom.config import load_mapping
from besom.config.conditions import holds
from besom.config.existence import complete
from besom.config.model import Categorical, Condition, Expression, IntUniform, Parameter, Uniform
from besom.search import Grid, Space, check_feasible, expected_runs, point_hash, rules

slow = settings(deadline=None, suppress_health_check=list(HealthCheck))


def loaded(method="grid", **blocks):
    metric = {"metric": {"name": "loss"}} if method == "bayes" else {}
    return load_mapping({"method": method, **metric, **blocks}).config


def points_of(grid):
    return [flat(grid.point(i)) for i in range(grid.size)]


@slow
@given(conditional_configs(method="grid"))
def test_a_grid_has_exactly_the_points_that_trying_everything_finds(swept):
    grid = Grid.of(swept)
    points = [grid.point(i) for i in range(grid.size)]
    expected = all_points(swept, grid_values)
    assert sorted(point_hash(point) for point in points) == sorted(expected)
    assert [grid.index(point) for point in points] == list(range(grid.size))
    assert expected_runs(swept) == grid.size


@slow
@given(conditional_configs())
def test_a_finite_space_has_exactly_the_points_that_trying_everything_finds(swept):
    space = Space.of(swept)
    points = [space.decode(row) for row in space.all_codes()]
    assert sorted(map(point_hash, points)) == sorted(all_points(swept, space_values))
    assert len(points) == space.size


@slow
@given(conditional_configs(leaves=distributions), st.integers(0, 2**32))
def test_draws_are_whole_and_allowed_and_survive_encoding(swept, seed):
    space = Space.of(swept)
    try:
        rows = space.sample(np.random.default_rng(seed), 8)
    except ValueError:  # nothing is left of this space
        with pytest.raises(ValueError, match="rules out"):
            check_feasible(swept)
        return
    assert space.whole(rows).all()
    for row, again in zip(rows, space.encode([space.decode(row) for row in rows]), strict=True):
        point = space.decode(row)
        assert space.allowed(row)
        assert point == complete(swept.parameters, {p.path: None for p in swept.parameters} | point)
        assert list(point) == [p.path for p in swept.parameters if p.path in point]
        assert not any(holds(condition, point) for condition in swept.forbid)
        assert np.isnan(row).tolist() == np.isnan(again).tolist()


@slow
@given(conditional_configs(), st.data())
def test_settling_and_allowing_agree_with_the_enumeration(swept, data):
    """Any codes at all, settled, are a point if and only if they are allowed."""
    space = Space.of(swept)
    raw = [[data.draw(st.integers(int(d.first), int(d.last))) for d in space.dimensions.values()] for _ in range(3)]
    settled = space.settle(np.array(raw, dtype=float).reshape(3, space.d))
    for row, allowed in zip(settled, space.allowed_rows(settled), strict=True):
        assert (space.enumeration.index(row.tolist()) is not None) == allowed == space.allowed(row)
    assert np.array_equal(space.settle(settled), settled, equal_nan=True)


@slow
@given(conditional_configs())
def test_the_successor_walks_through_all_points(swept):
    space = Space.of(swept)
    if not space.size:
        return
    rows, row = space.all_codes(), space.all_codes()[-1]
    for expected in rows:
        row = space.successor(row)
        assert np.array_equal(row, expected, equal_nan=True)


NESTED = {
    "optimizer": {"values": ["sgd", "adam"]},
    "momentum": {"values": [0.0, 0.9], "when": {"optimizer": "sgd"}},
    "nesterov": {"values": [True, False], "when": {"momentum": 0.9}},
    "beta": {"min": 0.8, "max": 0.99, "when": {"optimizer": "adam"}},
    "layers": {"min": 1, "max": 3},
    "block": {"when": "layers >= 2", "parameters": {"width": {"values": [8, 16]}, "skip": {"values": [True, False]}}},
}


def test_nested_conditions_and_groups_exist_only_where_they_hold():
    space = Space.of(loaded("random", parameters=NESTED))
    points = [flat(space.decode(row)) for row in space.sample(np.random.default_rng(0), 300)]
    for point in points:
        sgd = point["optimizer"] == "sgd"
        assert ("momentum" in point) == sgd
        assert ("nesterov" in point) == (sgd and point["momentum"] == 0.9)
        assert ("beta" in point) == (not sgd)
        assert ("block.width" in point) == ("block.skip" in point) == (point["layers"] >= 2)
    assert len({frozenset(point) for point in points}) == 6


def test_several_parents_must_all_hold():
    swept = loaded(
        parameters={
            "a": {"values": [1, 2]},
            "b": {"values": [1, 2, 3]},
            "c": {"values": [5, 6], "when": {"a": 2, "b": [1, 3]}},
        }
    )
    assert Grid.of(swept).size == 4 + 2 * 2
    assert all(("c" in point) == (point["a"] == 2 and point["b"] != 2) for point in points_of(Grid.of(swept)))


def test_a_chain_of_derived_values_is_handed_out_and_not_searched():
    swept = loaded(
        "random",
        parameters={
            "batch": {"values": [16, 32]},
            "double": {"expr": "2 * batch"},
            "steps": {"expr": "1024 / double"},
            "extra": {"min": 0.0, "max": 1.0, "when": "steps > 20"},
        },
    )
    space = Space.of(swept)
    assert list(space.dimensions) == [("batch",), ("extra",)]
    for row in space.sample(np.random.default_rng(1), 20):
        point = flat(space.decode(row))
        assert point["double"] == 2 * point["batch"]
        assert point["steps"] == 1024 / point["double"]
        assert ("extra" in point) == (point["batch"] == 16)


def test_a_derived_value_that_cannot_be_computed_is_no_point():
    swept = loaded(parameters={"a": {"values": [0, 1, 2]}, "inverse": {"expr": "1 / a"}, "b": {"values": [1, 2]}})
    assert [point["inverse"] for point in points_of(Grid.of(swept))] == [1, 1, 0.5, 0.5]


def test_zipped_lists_are_one_dimension():
    swept = loaded(
        parameters={"model": {"values": ["s", "m", "l"]}, "width": {"values": [1, 2, 4]}, "x": {"values": [1, 2]}},
        zip=[["model", "width"]],
    )
    assert Grid.of(swept).size == 6
    assert Space.of(swept).d == 2
    assert {(p["model"], p["width"]) for p in points_of(Grid.of(swept))} == {("s", 1), ("m", 2), ("l", 4)}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"model": "m", "width": 2}, "m"),
        ({"model": "m"}, "m"),
        ({"width": 4.0}, "l"),
        ({"model": "rewritten", "width": 1}, "s"),
        ({"model": "s", "width": 4}, None),
        ({"model": "?", "width": 9}, None),
    ],
)
def test_half_a_zip_is_known_by_the_other_half(given, expected):
    swept = loaded(
        "random",
        parameters={"model": {"values": ["s", "m", "l"]}, "width": {"values": [1, 2, 4]}, "x": {"min": 0, "max": 9}},
        zip=[["model", "width"]],
    )
    space = Space.of(swept)
    (row,) = space.encode([{(name,): value for name, value in given.items()} | {("x",): 3}])
    assert row[1] == 3
    assert np.isnan(row[0]) if expected is None else space.decode(row)[("model",)] == expected


def test_a_value_that_cannot_exist_is_passed_over_and_one_whose_parent_is_unknown_is_not():
    space = Space.of(loaded("random", parameters=NESTED))
    place = list(space.dimensions).index(("momentum",))
    told = {("optimizer",): "adam", ("momentum",): 0.9}, {("momentum",): 0.9}
    codes = space.encode(told)
    assert np.isnan(codes[0, place])
    assert codes[1, place] == 1.0


def test_order_without_conditions_is_kept_beside_them():
    """Parameters that no condition speaks of vary as they always did."""
    swept = loaded(
        parameters={
            "a": {"values": [1, 2]},
            "b": {"values": ["x", "y"], "when": {"a": 1}},
            "c": {"values": [True, False]},
        }
    )
    assert points_of(Grid.of(swept)) == [
        {"a": 1, "b": "x", "c": True},
        {"a": 1, "b": "x", "c": False},
        {"a": 1, "b": "y", "c": True},
        {"a": 1, "b": "y", "c": False},
        {"a": 2, "c": True},
        {"a": 2, "c": False},
    ]


def test_a_thousand_million_points_under_conditions_are_only_a_number():
    swept = loaded(
        parameters={
            **{name: {"min": 1, "max": 1000} for name in ("free1", "free2", "leaf")},
            "kind": {"values": ["a", "b", "c"]},
            "level": {"min": 1, "max": 9},
        }
        | {"leaf": {"min": 1, "max": 1000, "when": {"kind": "b"}}},
        forbid=[{"kind": "c", "level": 9}],
    )
    grid = Grid.of(swept)
    assert grid.size == 10**6 * (9 + 9 * 1000 + 8)
    for index in (0, 123_456_789, grid.size - 1):
        assert grid.index(grid.point(index)) == index


def test_formulas_are_computed_once_per_combination_of_what_they_use(monkeypatch):
    """A million combinations of a block, and a formula over a hundred of them: a hundred evaluations, or none."""
    asked = []
    monkeypatch.setattr(rules, "holds", lambda *given: asked.append(given) or holds(*given))
    for formula, evaluations in (("a > 90", 0), ("len([a]) == 1 and a > 90", 100)):
        swept = loaded(
            parameters={name: {"min": 1, "max": 100} for name in "abc"},
            forbid=[formula, {"a": [1, 2], "b": 3, "c": 4}],
        )
        assert Grid.of(swept).size == 90 * 100 * 100 - 2
        assert len(asked) == evaluations


@slow
@given(conditional_configs())
def test_conditions_are_the_same_computed_for_all_points_at_once_or_one_by_one(swept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "MANY", 1)
        at_once = Space.of(swept).all_codes()
        patch.setattr(rules, "MANY", 10**9)
        np.testing.assert_array_equal(Space.of(swept).all_codes(), at_once)


def test_too_many_combinations_are_an_error_that_names_them():
    swept = loaded(parameters={name: {"min": 1, "max": 1001} for name in "abc"}, forbid=["a > b"])
    with pytest.raises(ValueError, match=r"a, b together, which have 1,002,001 combinations; at most 1,000,000"):
        check_feasible(swept)
    drawn = replace(swept, method="random")
    assert Space.of(drawn).size is None
    check_feasible(drawn)


@pytest.mark.parametrize("method", ["grid", "random", "bayes"])
def test_a_space_without_a_point_is_refused(method):
    swept = loaded(
        method, parameters={"a": {"values": [1, 2]}, "b": {"values": [1, 2]}}, forbid=[{"a": 1}, "a * b > 1"]
    )
    with pytest.raises(ValueError, match="no point is left to run"):
        check_feasible(swept)


def test_a_continuous_space_without_a_point_is_refused():
    swept = loaded("random", parameters={"x": {"min": 0.0, "max": 1.0}}, forbid=["x < 2"])
    with pytest.raises(ValueError, match="10,000 points were drawn"):
        check_feasible(swept)


def test_a_finite_space_where_hardly_anything_is_allowed_is_still_drawn_from():
    swept = loaded(
        "random", parameters={name: {"min": 1, "max": 300} for name in "ab"}, forbid=["a != 7", "b != 8 and b != 9"]
    )
    space = Space.of(swept)
    found = {tuple(flat(space.decode(row)).values()) for row in space.sample(np.random.default_rng(0), 20)}
    assert found == {(7, 8), (7, 9)}


def test_forbidden_combinations_are_never_drawn():
    swept = loaded(
        "random",
        parameters={"lr": {"min": 0.0, "max": 1.0}, "batch": {"values": [10, 20]}},
        forbid=["lr * batch > 10", {"batch": 10, "lr": 0.5}],
    )
    space = Space.of(swept)
    points = [flat(space.decode(row)) for row in space.sample(np.random.default_rng(0), 500)]
    assert all(point["lr"] * point["batch"] <= 10 for point in points)
    assert sum(point["batch"] == 20 for point in points) == pytest.approx(500 / 3, abs=60)


def test_constants_that_exist_only_sometimes():
    parameters = (
        Parameter(("a",), Categorical((1, 2)), "values"),
        Parameter(("b",), Categorical(("only",)), "values", (Condition(((("a",), (2,)),)),)),
        Parameter(("c",), IntUniform(0, 1), "int", (Condition(((("b",), ("only",)),)),)),
    )
    found = [flat(Grid(parameters).point(i)) for i in range(Grid(parameters).size)]
    assert found == [{"a": 1}, {"a": 2, "b": "only", "c": 0}, {"a": 2, "b": "only", "c": 1}]


def test_a_condition_on_a_real_number_is_a_formula():
    swept = config("random", x=Uniform(0.0, 1.0), y=Uniform(0.0, 1.0))
    x, y = swept.parameters
    condition = Condition(expression=Expression("x > 0.5", (("x",),)))
    space = Space((x, replace(y, when=(condition,))))
    rows = space.sample(np.random.default_rng(0), 200)
    assert (np.isnan(rows[:, 1]) == (rows[:, 0] <= 0.5)).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_a_shuffled_grid_has_the_same_points_in_another_order(seed):
    swept = loaded(
        parameters={"a": {"min": 1, "max": 9}, "b": {"values": [1, 2, 3], "when": "a > 4"}}, grid_order="random"
    )
    shuffled, straight = Grid.of(swept, seed), Grid.of(replace(swept, grid_order="sorted"))
    assert shuffled.size == straight.size
    found, sorted_points = points_of(shuffled), points_of(straight)
    assert found != sorted_points
    assert sorted(map(str, found)) == sorted(map(str, sorted_points))
    assert [shuffled.index(shuffled.point(i)) for i in range(shuffled.size)] == list(range(shuffled.size))
    assert points_of(Grid.of(swept, seed + 1)) != found
    assert points_of(Grid.of(replace(swept, seed=seed), seed + 1)) == found
