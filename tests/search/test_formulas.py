"""Formulas over columns say what ``evaluate`` says of each point, or leave it to ``evaluate``."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from besom.config.expressions import ExpressionError, evaluate, names_in
from besom.config.model import Expression
from besom.search.formulas import NotColumnar, compute, values_of

WHOLE = st.integers(-9, 9) | st.integers(-(2**54), 2**54)
REAL = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 0.1, 0.5, 2.5, 1e308])
TEXT = st.sampled_from(["sgd", "adam", ""])
COLUMNS = {
    "n": WHOLE,
    "k": st.integers(0, 5),
    "x": REAL,
    "flag": st.booleans(),
    "opt": TEXT,
    "mixed": WHOLE | REAL,
    "any": WHOLE | REAL | TEXT | st.none() | st.booleans(),
}
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]
FUNCTIONS = ["abs", "round", "floor", "ceil", "log", "exp", "sqrt", "int", "float", "len"]
ATOMS = st.sampled_from([*COLUMNS, "2", "0", "0.5", "(-3)", "'sgd'", "null", "true"])
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner)
        | st.builds("({} {} {} <= {})".format, inner, st.sampled_from(["<", "==", ">="]), inner, inner)
        | st.builds("({} {} [{}, {}])".format, inner, st.sampled_from(["in", "not in"]), inner, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner)
        | st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner)
        | st.builds("({} {})".format, st.sampled_from(["not", "-", "+"]), inner)
    ),
    max_leaves=6,
)


def one_by_one(text, rows):
    """(value, whether it fails) for each row."""
    expression = Expression(text, tuple((name,) for name in names_in(text)))
    for row in rows:
        try:
            yield evaluate(expression, {(name,): value for name, value in row.items()}), False
        except ExpressionError:
            yield None, True


def at_once(text, rows):
    found = compute(text, lambda name: values_of([row[name] for row in rows]))
    n = len(rows)
    return np.broadcast_to(found.data, n).tolist(), np.broadcast_to(found.fails, n).tolist()


@given(FORMULAS, st.lists(st.fixed_dictionaries(COLUMNS), min_size=1, max_size=6))
@example("(n * n)", [dict.fromkeys(COLUMNS, 2**27 + 1)])
@example("(round(x) ** (-3))", [dict.fromkeys(COLUMNS, 2.5)])
def test_what_columns_come_to_is_what_each_point_comes_to(text, rows):
    try:
        values, fails = at_once(text, rows)
    except NotColumnar:
        return
    expected = list(one_by_one(text, rows))
    assert fails == [failed for _, failed in expected]
    assert [v for v, failed in zip(values, fails, strict=True) if not failed] == [v for v, f in expected if not f]


@pytest.mark.parametrize(
    "text",
    [
        "n * k > 3",
        "opt == 'sgd' and n > 2 or flag",
        "k != 0 and n / k > 2",
        "x < n <= k",
        "n % 2 == 0 and n // 2 in [1, 2]",
        "log(x) > 1 and sqrt(x) < max(k, 3)",
        "2 ** k > 5 or k ** 2 > 5",
        "('big' if k > 2 else 'small') == opt",
    ],
)
def test_usual_formulas_are_computed_at_once(text):
    rows = [
        {"n": n, "k": k, "x": x, "opt": opt, "flag": n > 3}
        for n in range(-3, 5)
        for k in range(4)
        for x in (-1.0, 0.0, 0.3, 40.0)
        for opt in ("sgd", "big")
    ]
    values, fails = at_once(text, rows)
    assert list(zip(map(bool, values), fails, strict=True)) == [
        (bool(value), failed) if not failed else (bool(given), True)
        for (value, failed), given in zip(one_by_one(text, rows), values, strict=True)
    ]


@pytest.mark.parametrize("text", ["n < opt", "opt + 'a' == 'b'", "len(opt) > 2", "n * n > 1", "[n] == [1]", "x % 1.0"])
def test_what_arrays_and_python_could_see_differently_is_left_to_python(text):
    with pytest.raises(NotColumnar):
        at_once(text, [{"n": 2**40, "opt": "sgd", "x": 0.5}])
