import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_configs import flat, parameters
from strategies import finite_distributions, spaces

from besom.config.model import Categorical, Constant, IntUniform, LogUniform, Normal, Uniform
from besom.search import Grid


def points(**distributions):
    grid = Grid(parameters(**distributions))
    return [flat(grid.point(i)) for i in range(grid.size)]


def values(distribution):
    return [point["p"] for point in points(p=distribution)]


def test_the_last_name_varies_fastest():
    found = points(z=Categorical((1, 2)), a=Categorical(("x", "y")))
    assert [(p["a"], p["z"]) for p in found] == [("x", 1), ("x", 2), ("y", 1), ("y", 2)]


def test_size_multiplies_over_nested_leaves():
    leaves = parameters(p1=Categorical((1, 2, 3)), g__a=Categorical((1, 2, 3)), g__b=Constant(0))
    assert Grid(leaves).size == 9


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (IntUniform(2, 5), [2, 3, 4, 5]),
        (Uniform(0.1, 0.5, 0.1), [0.1, 0.2, 0.3, 0.4]),
        (Uniform(0.0, 1.0, 0.25), [0.0, 0.25, 0.5, 0.75]),
        (Uniform(1, 10, 4), [1, 5, 9]),
        (Uniform(0.5, 3, 1), [0.5, 1.5, 2.5]),
        (Uniform(0, 3.0, 1.0), [0.0, 1.0, 2.0]),
        (Constant(7), [7]),
        (Categorical(("b", "a", None, False)), ["b", "a", None, False]),
        (Categorical((3e6, 3000000, True, 1, "1", 1.0)), [3000000, True, 1.0, "1"]),
        (Categorical(({"a": 1, "b": 2}, {"b": 2, "a": 1}, [1])), [{"a": 1, "b": 2}, [1]]),
    ],
)
def test_values_come_in_written_order_each_once(distribution, expected):
    found = values(distribution)
    assert found == expected
    assert [type(v) for v in found] == [type(v) for v in expected]


def test_a_thousand_million_points_are_only_a_number():
    grid = Grid(parameters(**{name: IntUniform(1, 1000) for name in "abc"}))
    assert grid.size == 10**9
    assert flat(grid.point(123_456_789)) == {"a": 124, "b": 457, "c": 790}
    assert grid.index(grid.point(987_654_321)) == 987_654_321
    assert grid.lowest_uncovered([0, 1, 3], 2) == [2, 4]
    assert grid.lowest_uncovered([900_000_001], 2, start=900_000_000) == [900_000_000, 900_000_002]


@given(spaces(finite_distributions), st.data())
def test_index_is_the_inverse_of_point(leaves, data):
    grid = Grid(leaves)
    index = data.draw(st.integers(0, grid.size - 1))
    assert grid.index(grid.point(index)) == index


def test_a_point_that_lacks_or_rewrites_a_value_is_none_of_the_grids():
    grid = Grid(parameters(a=IntUniform(1, 3), b=Constant("x"), c=Categorical((True, "1"))))
    whole = {("a",): 2.0, ("b",): "x", ("c",): "1"}
    assert grid.index(whole) == 3
    for change in ({("a",): 4}, {("a",): 1.5}, {("a",): True}, {("a",): "2"}, {("b",): "y"}, {("c",): 1}):
        assert grid.index(whole | change) is None
    assert grid.index({("a",): 2}) is None


def test_an_unrelated_prior_run_does_not_cover_constants():
    assert Grid(parameters(a=Constant(1))).index({("b",): 1}) is None


def test_a_used_up_grid_has_nothing_left():
    assert Grid(parameters(a=IntUniform(0, 2))).lowest_uncovered([0, 1, 2]) == []


@pytest.mark.parametrize("index", [-1, 4])
def test_a_number_outside_is_an_error(index):
    with pytest.raises(IndexError, match="the grid has 4 points"):
        Grid(parameters(a=IntUniform(0, 3))).point(index)


@pytest.mark.parametrize("distribution", [Uniform(0.0, 1.0), Normal(0.0, 1.0, 1), LogUniform(1.0, 9.0, 1)])
def test_a_parameter_that_cannot_be_listed_is_named(distribution):
    with pytest.raises(ValueError, match=r"parameter 'opt\.lr': a grid cannot list"):
        Grid(parameters(opt__lr=distribution))
