"""Which parameters a point has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.config import ConfigError, load, nest, read_point
from besom.config.conditions import describe, holds
from besom.config.existence import circle, complete, needed_by, ordered
from besom.config.expressions import ExpressionError
from besom.config.model import Categorical, Condition, Constant, Derived, Expression, Parameter

CONFIG = load(
    """
method: random
parameters:
  a_first: {values: [1, 2], when: {optimizer: sgd}}
  optimizer: {values: [sgd, adam, null]}
  net:
    when: {optimizer: [sgd, adam]}
    parameters:
      layers: {min: 1, max: 4}
      width: {values: [16, 32], when: net.layers >= 2}
  batch: {values: [8, 0]}
  double: {expr: 2 * batch}
  total: {expr: double * net.width}
  ratio: {expr: 16 / batch, when: {optimizer: adam}}
"""
).config
FULL = {
    ("a_first",): 1,
    ("optimizer",): "sgd",
    ("net", "layers"): 3,
    ("net", "width"): 16,
    ("batch",): 8,
}


def names(changes):
    point = complete(CONFIG.parameters, FULL | {(name,): value for name, value in changes.items()})
    return {".".join(path) for path in point}


@pytest.mark.parametrize(
    ("changes", "present"),
    [
        ({}, {"a_first", "net.layers", "net.width", "total"}),
        ({"optimizer": "adam"}, {"net.layers", "net.width", "total", "ratio"}),
        ({"optimizer": None}, set()),
    ],
)
def test_a_parameter_exists_where_its_condition_and_those_of_its_groups_hold(changes, present):
    assert names(changes) == present | {"optimizer", "batch", "double"}


def test_what_depends_on_something_absent_is_absent_too():
    point = complete(CONFIG.parameters, FULL | {("net", "layers"): 1})
    assert ("net", "width") not in point
    assert ("total",) not in point


def test_derived_values_are_computed_one_after_the_other_and_the_order_is_kept():
    point = complete(CONFIG.parameters, FULL)
    assert point["double",] == 16
    assert point["total",] == 256
    assert list(point) == [p.path for p in CONFIG.parameters if p.path in point]


def test_a_point_whose_formula_fails_is_none():
    with pytest.raises(ExpressionError, match="division by zero"):
        complete(CONFIG.parameters, FULL | {("batch",): 0, ("optimizer",): "adam"})
    complete(CONFIG.parameters, FULL | {("batch",): 0})


@given(
    st.fixed_dictionaries(
        {
            ("a_first",): st.sampled_from([1, 2]),
            ("optimizer",): st.sampled_from(["sgd", "adam", None]),
            ("net", "layers"): st.integers(1, 4),
            ("net", "width"): st.sampled_from([16, 32]),
            ("batch",): st.just(8),
        }
    )
)
def test_a_point_given_by_hand_is_read_as_what_it_consists_of(values):
    point = complete(CONFIG.parameters, values)
    assert read_point(nest(point), CONFIG) == point
    written = {path: value for path, value in point.items() if path in values}
    assert read_point(nest(written), CONFIG) == point
    superfluous = {path: value for path, value in values.items() if path not in point}
    if superfluous:
        with pytest.raises(ConfigError, match="does not exist here"):
            read_point(nest(written | superfluous), CONFIG)


def test_an_existing_parameter_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        complete(CONFIG.parameters, {("optimizer",): "adam"})


def test_needs_come_first_in_order():
    placed = [parameter.path for parameter in ordered(CONFIG.parameters)]
    for parameter in CONFIG.parameters:
        assert all(placed.index(path) < placed.index(parameter.path) for path in needed_by(parameter))


def leaf(number, needs):
    when = (Condition(allowed=tuple(((f"p{need}",), (1,)) for need in needs)),) if needs else ()
    return Parameter((f"p{number}",), Constant(1), "constant", when)


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_parameters_have_an_order_or_a_circle(needs):
    parameters = [leaf(number, [need for need in wanted if need < len(needs)]) for number, wanted in enumerate(needs)]
    found = circle(parameters)
    if not found:
        assert {p.path for p in ordered(parameters)} == {p.path for p in parameters}
        return
    with pytest.raises(ValueError, match="cycle"):
        ordered(parameters)
    by_path = {p.path: p for p in parameters}
    for one, following in zip(found, (*found[1:], found[0]), strict=True):
        assert following in needed_by(by_path[one])


def test_a_condition_holds_only_where_all_that_it_names_is_there():
    condition = Condition(allowed=((("a",), (1, "x")), (("b",), (True,))))
    assert holds(condition, {("a",): "x", ("b",): True})
    assert holds(condition, {("a",): 1.0, ("b",): True})
    assert not holds(condition, {("a",): 1, ("b",): 1})
    assert not holds(condition, {("a",): 1})
    assert not holds(condition, {("a",): 2, ("b",): True})


def test_a_formula_that_fails_or_lacks_a_value_does_not_hold():
    condition = Condition(expression=Expression("a / b > 1", (("a",), ("b",))))
    assert holds(condition, {("a",): 4, ("b",): 2})
    assert not holds(condition, {("a",): 4, ("b",): 0})
    assert not holds(condition, {("a",): 4})


def test_a_condition_is_described_in_words():
    paths = (("net", "lr"), ("layers",))
    condition = Condition(allowed=((paths[0], ("big one", 2)), (paths[1], (None,))))
    assert describe(condition) == 'net.lr is "big one" or 2 and layers is null'
    assert describe(Condition(expression=Expression("layers > 2", paths[1:]))) == "layers > 2"
    assert describe(Condition(allowed=((paths[1], ("sgd",)),))) == "layers is sgd"


def test_a_derived_parameter_needs_what_its_formula_uses():
    derived = Parameter(("d",), Derived(Expression("a + b", (("a",), ("b",)))), "expr")
    assert needed_by(derived) == (("a",), ("b",))
    assert needed_by(Parameter(("c",), Categorical((1,)), "categorical")) == ()
