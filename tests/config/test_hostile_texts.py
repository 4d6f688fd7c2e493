"""Whatever text is given as a configuration or a formula: an answer in words, in time that grows with its length."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besom.config import ConfigError, load
from besom.config.expression_syntax import ExpressionError
from besom.config.expressions import evaluate, names_in
from besom.config.model import Expression
from besom.config.yaml_reader import read_yaml

SPACE = "method: random\nparameters:\n  lr: {min: 0.0, max: 1.0}\n"
KEYS = [
    "method",
    "parameters",
    "values",
    "min",
    "max",
    "q",
    "when",
    "expr",
    "forbid",
    "command",
    "metric",
    "<<",
    "name",
]
WORDS = [
    *KEYS,
    "random",
    "grid",
    "bayes",
    "&a",
    "*a",
    "!!int",
    "!!binary",
    "1e308",
    ".nan",
    "0x_",
    "1:2:3",
    "~",
    "${args}",
]
SIGNS = [
    *":-?,[]{}#&*!|>'\"%@`\n\t \\",
    "  ",
    "\n  ",
    ": ",
    "- ",
    "---",
    "...",
    "\0",
    "\x85",
    "\ufeff",
    "\ud800",
    "é",
    "{{",
    "%}",
]
TEXTS = st.lists(st.sampled_from(WORDS) | st.sampled_from(SIGNS) | st.text(max_size=3), max_size=25).map("".join)
FORMULAS = st.lists(
    st.sampled_from(
        [*"abc+-*/%()[]<>=!.,'\"`:", "**", "//", " in ", " not ", " and ", " if ", " else ", "==", "lambda "]
    )
    | st.sampled_from(
        ["min(", "max(", "round(", "log(", "int(", "len(", "float(", "1e308", "9" * 400, "__class__", "{}"]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.booleans())
def test_any_text_is_a_configuration_or_is_refused_in_words(text: str, after_a_space: bool) -> None:
    with contextlib.suppress(ConfigError):
        load(SPACE + text if after_a_space else text + "\n")


@settings(max_examples=200, deadline=None)
@given(FORMULAS, st.sampled_from([0, -1.5, 1e308, 10**300, "text", [1, "x"], None, True]))
def test_any_formula_is_computed_or_refused_in_words(text: str, value: object) -> None:
    with contextlib.suppress(ExpressionError):
        names = names_in(text)
        evaluate(Expression(text, tuple((name,) for name in names)), {(name,): value for name in names})


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "9" * 900_000,
        "{{" * 400_000,
        "<% " * 100_000,
        "a: " + "59:" * 200_000,
        "[" * 900_000,
        "{a: " * 200_000,
        '"' * 900_000,
        "a: &a [" + "*a, " * 100_000,
    ],
    ids=["digits", "braces", "templates", "base-60", "brackets", "mappings", "quotes", "aliases"],
)
def test_a_text_of_a_megabyte_is_answered(text: str) -> None:
    with contextlib.suppress(ConfigError):  # some are one long word
        load(SPACE + text)


def test_keys_that_are_repeated_by_the_thousand_are_each_told_of_and_the_last_one_counts() -> None:
    text = "".join(f"k{number}: {{x: {number}}}\n" for number in range(2000)) * 2
    document = read_yaml(text)
    assert len(document.warnings) == 2000
    assert document.positions["k7", "x"] == (2008, 9)
    assert document.data["k7"] == {"x": 7}
