"""Formulas over parameters: ``expr`` of a derived value, conditions of ``when`` and ``forbid``.

Written like Python's arithmetic, but a language of its own: what a formula may consist of is listed here, so that no
text can reach anything else, or keep a server busy. Python's ``ast`` reads; the library ``simpleeval`` computes.
"""

from __future__ import annotations

import ast
import functools
import math
import threading
from collections.abc import Mapping
from typing import Any

import simpleeval

from besom.config.expression_functions import FUNCTIONS, OPERATORS, bounded
from besom.config.expression_syntax import ExpressionError, names_of, parse
from besom.config.model import Expression, Path
from besom.config.problem import show

__all__ = ["ExpressionError", "evaluate", "names_in"]


def names_in(text: str) -> tuple[str, ...]:
    """The flattened names that a formula uses, each once, in the order of their first use.

    Raises:
        ExpressionError: the text is no formula, too long, or holds something that is not allowed.
    """
    return tuple(dict.fromkeys(names_of(parse(text))))


def evaluate(expression: Expression, values: Mapping[Path, Any]) -> Any:
    """Compute a formula: a JSON value, its numbers finite.

    Raises:
        ExpressionError: a parameter that it uses has no value, or it cannot be computed, as with a division by zero.
    """
    tree = _compiled(expression)
    try:
        names = {".".join(path): values[path] for path in expression.paths}
    except KeyError as error:
        raise ExpressionError(f"`{expression.text}` needs `{'.'.join(error.args[0])}`, which has no value.") from None
    evaluator = _evaluator()
    evaluator.names = names
    try:
        return _json(evaluator.eval(expression.text, previously_parsed=tree))
    except (ArithmeticError, TypeError, ValueError, simpleeval.InvalidExpression) as error:
        given = " where " + ", ".join(f"{name} is {show(value)}" for name, value in names.items()) if names else ""
        raise ExpressionError(f"`{expression.text}` fails{given}: {error.args[-1]}.") from None


@functools.lru_cache(maxsize=4096)
def _compiled(expression: Expression) -> ast.expr:
    return parse(expression.text).body


_evaluators = threading.local()


def _evaluator() -> Any:
    """This thread's evaluator: it carries the values of the formula that it computes."""
    try:
        return _evaluators.one
    except AttributeError:
        _evaluators.one = simpleeval.EvalWithCompoundTypes(operators=OPERATORS, functions=dict(FUNCTIONS), names={})
        return _evaluators.one


def _json(value: Any) -> Any:
    """A result as JSON has it."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"the result is {value}, which JSON does not have")
        return value
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return bounded(value)
