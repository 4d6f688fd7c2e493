"""Formulas: what they compute, what they refuse, and that none of them can do harm."""

import contextlib
import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.config.expression_syntax import LONGEST
from besom.config.expressions import ExpressionError, evaluate, names_in
from besom.config.model import Expression

VALUES = {
    ("lr",): 0.5,
    ("layers",): 3,
    ("optimizer",): "sgd",
    ("flag",): True,
    ("none",): None,
    ("betas",): [0.9, 0.99],
    ("net", "width"): 64,
    ("batch-size",): 32,
    ("lambda",): 2,
    ("max",): 7,
}
BY_NAME = {".".join(path): path for path in VALUES}


def compute(text, values=VALUES):
    return evaluate(Expression(text, tuple(BY_NAME[name] for name in names_in(text))), values)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("2 * layers + 1", 7),
        ("layers ** 2 // 2 % 3", 1),
        ("layers / 2", 1.5),
        ("-layers", -3),
        ("net.width * lr", 32.0),
        ("`batch-size` * 2", 64),
        ("`lambda`+layers", 5),
        ("max(max, 1)", 7),
        ("1 < layers <= 3", True),
        ("layers in [1, 2]", False),
        ("layers not in (1, 2)", True),
        ("0.9 in betas and len(betas) == 2", True),
        ('optimizer == "sgd" or lr > 9', True),
        ("not flag", False),
        ("flag == true and none == null and none == None", True),
        ("'big' if layers > 2 else 'small'", "big"),
        ('optimizer + "-" + "a`b`"', "sgd-a`b`"),
        ("round(2.567, 1) + floor(2.7) + ceil(2.1)", 7.6),
        ("sqrt(16) + log(exp(1)) + log2(8) + log10(100)", 10.0),
        ("min(3, 1, 2) + abs(-4) + int(2.9) + float('1.5')", 8.5),
        ("[layers, lr]", [3, 0.5]),
        ("(layers, lr)", [3, 0.5]),
        ("layers +\n1", 4),
    ],
)
def test_a_formula_computes_as_python_would(text, result):
    assert compute(text) == result
    assert type(compute(text)) is type(result)


def test_names_come_in_the_order_of_their_use_each_once():
    assert names_in("b.c * a + min(b.c, `x-y`) - max") == ("b.c", "a", "x-y", "max")


@pytest.mark.parametrize(
    ("text", "rule", "fix"),
    [
        ("layers = 3", "not a formula", "write `==`"),
        ("a && b", "not a formula", "write `and`"),
        ("!a", "not a formula", "write `and`"),
        ("lambda * 2", "not a formula", "stand in backquotes"),
        ("", "not a formula", "check parentheses"),
        ("a\0", "not a formula", "check parentheses"),
        ("(" * 300 + "1" + ")" * 300, "not a formula", "check parentheses"),
        ("x ^ 2", "operator BitXor", "write `**`"),
        ("x is None", "operator Is", "write `==`"),
        ("x[0]", "cannot hold `x[0]`", "use numbers"),
        ("[i for i in x]", "cannot hold", "use numbers"),
        ("f'{x}'", "cannot hold", "use numbers"),
        ("lambda: 1", "cannot hold", "use numbers"),
        ("{1: 2}", "cannot hold", "use numbers"),
        ("b'x'", "the value b'x'", "use numbers"),
        ("3j", "the value 3j", "use numbers"),
        ("().__class__", "`.__class__` can only be part of a name", "use numbers"),
        ("x.upper()", "no function `x.upper`", "use one of abs"),
        ("__import__('os')", "no function `__import__`", "use one of abs"),
        ("eval('1')", "no function `eval`", "use one of abs"),
        ("min(x, key=len)", "plain arguments", "write `min(a, b)`"),
        ("min(*x)", "plain arguments", "write `min(a, b)`"),
        ("-" * 500 + "1", "levels deep", "in your program"),
        ("1 + " * 300 + "1", "characters", "in your program"),
        ("9" * 400, "too large", "smaller"),
    ],
)
def test_what_is_no_formula_is_refused_with_a_way_out(text, rule, fix):
    with pytest.raises(ExpressionError) as caught:
        names_in(text)
    assert rule in str(caught.value)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / (layers - 3)", "division by zero"),
        ("9 ** 9 ** 9", "too large"),
        ("2 ** 2000", "too large"),
        ("exp(1000)", "math range error"),
        ("2.0 ** 5000", "out of range"),
        ("1e308 * 10", "JSON does not have"),
        ("1e308 * 10 - 1e308 * 10", "JSON does not have"),
        ("(0 - 8) ** 0.5", "no such power"),
        ("log(0)", "domain"),
        ("optimizer * 1000000000", "'sgd' is no number"),
        ("'%1000000000d' % 1", "no number"),
        ("optimizer > 3", "not supported"),
        ("optimizer + 1", "can only concatenate"),
        ("round(5, 0 - 1000000000)", "no such digits"),
        ("int(optimizer)", "invalid literal"),
        ("none + 1", "unsupported operand"),
        ("min()", "at least 1 argument"),
    ],
)
def test_what_cannot_be_computed_is_told_with_the_values(text, reason):
    with pytest.raises(ExpressionError) as caught:
        compute(text)
    assert reason in str(caught.value)
    assert text in str(caught.value)


def test_the_values_of_a_failing_formula_are_named():
    with pytest.raises(ExpressionError, match="fails where layers is 3: division by zero"):
        compute("1 / (layers - 3)")
    with pytest.raises(ExpressionError, match="needs `lr`, which has no value"):
        compute("lr * layers", {("layers",): 1})


def test_texts_cannot_grow_without_end():
    text = " + ".join(["t"] * 50)
    with pytest.raises(ExpressionError, match="too long"):
        evaluate(Expression(text, (("t",),)), {("t",): "x" * 1000})
    with pytest.raises(ExpressionError, match="too long for a number"):
        evaluate(Expression("int(t)", (("t",),)), {("t",): "9" * 100_000})


def test_threads_do_not_see_each_others_values():
    expression = Expression("x * 2 - x - x + x", (("x",),))
    wrong = []

    def work(number):
        wrong.extend(i for i in range(2000) if evaluate(expression, {("x",): number * i}) != number * i)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@given(st.text(st.characters(codec="utf-8"), max_size=LONGEST + 50))
def test_any_text_is_a_formula_or_refused(text):
    with contextlib.suppress(ExpressionError):
        assert all(isinstance(name, str) for name in names_in(text))


NUMBERS = st.integers(-9, 9).map(str) | st.floats(-9, 9, allow_nan=False).map(repr).map(lambda text: f"({text})")
ATOMS = NUMBERS | st.sampled_from(["layers", "lr", "net.width"])
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "<", "==", "and"]), inner)
        | st.builds("max({}, {})".format, inner, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
    ),
    max_leaves=12,
)


@given(FORMULAS)
def test_arithmetic_agrees_with_python(text):
    names = {"layers": 3, "lr": 0.5, "net": type("Group", (), {"width": 64})}
    try:
        expected = eval(text, {"max": max}, names)
    except ArithmeticError:
        expected = math.nan
    try:
        assert compute(text) == expected
    except ExpressionError:
        assert not math.isfinite(expected)
