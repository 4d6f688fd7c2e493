"""The operators and functions of formulas. None of them takes long or much memory, whatever it is given."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

MOST_BITS = 1024
"""Of a whole number anywhere in a computation: about what a float can hold."""
_LONGEST = 10_000
"""Characters or elements that a computation may put together."""
_MOST_DIGITS = 300


def bounded(value: Any) -> Any:
    """``value``; numbers, texts and lists of a size that nobody needs are refused before they cost anything."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValueError("the number gets too large")
    if isinstance(value, str | list | tuple) and len(value) > _LONGEST:
        raise ValueError("the text or list gets too long")
    return value


def _numbers_only(compute: Callable[..., Any]) -> Callable[..., Any]:
    """``compute`` for numbers: Python would also repeat texts and fill templates with these operators."""

    def checked(*operands: Any) -> Any:
        for operand in operands:
            if not isinstance(operand, int | float):
                raise TypeError(f"{operand!r} is no number")
        return bounded(compute(*operands))

    return checked


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return bounded(left + right)
    return bounded(operator.add(left, right))


def _power(base: float, exponent: float) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and (exponent - 1) * base.bit_length() > MOST_BITS:
        raise ValueError("the number gets too large")
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("a negative number has no such power")  # noqa: TRY004
    return result


def _int(value: Any) -> int:
    """``int``, but not of long texts, which take time that grows with the square of their length."""
    return int(value if isinstance(value, int | float) else _short(value))


def _float(value: Any) -> float:
    return float(value if isinstance(value, int | float) else _short(value))


def _short(text: Any) -> Any:
    if isinstance(text, str) and len(text) > 100:
        raise ValueError("the text is too long for a number")
    return text


def _round(number: Any, digits: int | None = None) -> Any:
    """``round``, but not to a billion digits."""
    if digits is not None and abs(digits) > _MOST_DIGITS:
        raise ValueError("there are no such digits")
    return round(number, digits)


OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _numbers_only(operator.sub),
    ast.Mult: _numbers_only(operator.mul),
    ast.Div: _numbers_only(operator.truediv),
    ast.FloorDiv: _numbers_only(operator.floordiv),
    ast.Mod: _numbers_only(operator.mod),
    ast.Pow: _numbers_only(_power),
    ast.UAdd: _numbers_only(operator.pos),
    ast.USub: _numbers_only(operator.neg),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": _round,
    "floor": math.floor,
    "ceil": math.ceil,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "int": _int,
    "float": _float,
    "len": len,
}
