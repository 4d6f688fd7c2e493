"""Formulas over columns: what ``besom.config.expressions.evaluate`` says of one point, for many points at once.

Numbers are float64, in which whole numbers up to 2**53 are exact; a formula that may leave them, or do anything else in
which arrays and Python could differ, is left to ``evaluate``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from besom.config.expression_functions import FUNCTIONS, OPERATORS
from besom.config.expression_syntax import parse
from besom.search.scale import Array, Mask

_LARGEST = 2.0**53
_LONGEST_TEXT = 1000


class NotColumnar(Exception):
    """The formula, or a value that it uses, has to be looked at point by point."""


@dataclass(frozen=True, slots=True)
class Values:
    """The value of a part of a formula at each of n points; shape (n,), or () for a constant."""

    data: Any
    """float64; objects where some are neither number nor truth value."""
    fails: Mask
    """Where it cannot be computed; there, ``data`` means nothing."""
    whole: bool | None
    """Whether the numbers are integers in Python; None where only some are."""

    @property
    def truth(self) -> Mask:
        """As Python sees it."""
        return np.asarray(self.data.astype(bool))

    @property
    def is_constant(self) -> bool:
        """Whether it is the same number at each point."""
        return self.data.ndim == 0 and self.whole is not None

    @property
    def constant(self) -> float:
        """That number."""
        return int(self.data) if self.whole else float(self.data)

    def numbers(self) -> Array:
        """``data``.

        Raises:
            NotColumnar: some are no numbers.
        """
        if self.data.dtype == object:
            raise NotColumnar
        return np.asarray(self.data)


def values_of(given: Sequence[Any]) -> Values:
    """A column of JSON values.

    Raises:
        NotColumnar: one of them is a list, a mapping, or too large.
    """
    fails = np.zeros(len(given), dtype=bool)
    if all(isinstance(value, int | float) for value in given):
        kinds = {isinstance(value, int) for value in given}
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in given):
            raise NotColumnar
        return Values(np.array(given, dtype=float), fails, kinds.pop() if len(kinds) == 1 else None)
    if any(not _is_plain(value) for value in given):
        raise NotColumnar
    objects = np.empty(len(given), dtype=object)
    objects[:] = given
    return Values(objects, fails, None)


def compute(text: str, column: Callable[[str], Values]) -> Values:
    """A formula's values.

    Args:
        text: The formula.
        column: The values of a parameter, by its flattened name.

    Raises:
        NotColumnar: it, or ``column``, has to be looked at point by point.
        ExpressionError: the text is no formula.
    """
    with np.errstate(all="ignore"):  # Python's floats overflow in silence too; what raises there is in ``fails``
        return _result(_visit(parse(text).body, column))


def _result(found: Values) -> Values:
    """What a whole formula comes to: JSON has no infinities, and no NaN."""
    if found.data.dtype == object:
        if any(isinstance(value, float) and not math.isfinite(value) for value in found.data.flat):
            raise NotColumnar
        return found
    return Values(found.data, found.fails | ~np.isfinite(found.data), found.whole)


def _visit(node: ast.expr, column: Callable[[str], Values]) -> Values:
    match node:
        case ast.Constant(value):
            found = values_of([value])
            return Values(found.data[0:1].reshape(()), np.zeros((), dtype=bool), found.whole)
        case ast.Name(name):
            return column(name)
        case ast.BoolOp(op, parts):
            return _shortcut(isinstance(op, ast.And), [_visit(part, column) for part in parts])
        case ast.IfExp(test, body, orelse):
            return _choose(_visit(test, column), _visit(body, column), _visit(orelse, column))
        case ast.UnaryOp(ast.Not(), operand):
            part = _visit(operand, column)
            return _truths(~part.truth, part.fails)
        case ast.UnaryOp(op, operand):
            part = _visit(operand, column)
            return Values(-part.numbers() if isinstance(op, ast.USub) else part.numbers(), part.fails, part.whole)
        case ast.BinOp(left, op, right):
            return _arithmetic(op, _visit(left, column), _visit(right, column))
        case ast.Compare(left, ops, rights):
            return _comparison(_visit(left, column), ops, rights, column)
        case ast.Call(ast.Name(name), arguments):
            return _call(name, [_visit(argument, column) for argument in arguments])
    raise NotColumnar


def _truths(data: Mask, fails: Mask) -> Values:
    return Values(np.asarray(data, dtype=float), fails, whole=True)


def _choose(test: Values, yes: Values, no: Values) -> Values:
    """``yes if test else no``; what is not chosen is not computed, so it does not fail."""
    fails = test.fails | np.where(test.truth, yes.fails, no.fails)
    return Values(np.where(test.truth, yes.data, no.data), fails, _common(yes.whole, no.whole))


def _shortcut(every: bool, parts: Sequence[Values]) -> Values:
    """``and``, ``or``: the first part that decides, else the last."""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = _choose(part, found, part) if every else _choose(part, part, found)
    return found


def _common(*kinds: bool | None) -> bool | None:
    return kinds[0] if len(set(kinds)) == 1 else None


def _arithmetic(op: ast.operator, left: Values, right: Values) -> Values:
    a, b, fails = left.numbers(), right.numbers(), left.fails | right.fails
    whole = False if left.whole is False or right.whole is False else _common(left.whole, right.whole)
    match op:
        case ast.Add():
            return _bounded(a + b, fails, whole)
        case ast.Sub():
            return _bounded(a - b, fails, whole)
        case ast.Mult():
            return _bounded(a * b, fails, whole)
        case ast.Div():
            return Values(a / b, fails | (b == 0), whole=False)
        case ast.FloorDiv() if whole:
            return _bounded(np.floor_divide(a, b), fails | (b == 0), whole)
        case ast.Mod() if whole:
            return _bounded(np.mod(a, b), fails | (b == 0), whole)
        case ast.Pow() if right.is_constant:
            return _each(lambda base: OPERATORS[ast.Pow](base, right.constant), left, fails)
        case ast.Pow() if left.is_constant:
            return _each(lambda exponent: OPERATORS[ast.Pow](left.constant, exponent), right, fails)
    raise NotColumnar


def _bounded(data: Array, fails: Mask, whole: bool | None) -> Values:
    if whole is not False and np.any(np.abs(data) > _LARGEST):
        raise NotColumnar
    return Values(np.asarray(data), fails, whole)


def _comparison(
    left: Values, ops: Sequence[ast.cmpop], rights: Sequence[ast.expr], column: Callable[[str], Values]
) -> Values:
    """``a < b < c``: what comes after a comparison that is false is not computed."""
    true, fails = np.ones((), dtype=bool), left.fails
    for op, node in zip(ops, rights, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(node, ast.List | ast.Tuple) or len(ops) > 1:
                raise NotColumnar
            parts = [_visit(part, column) for part in node.elts]
            found = np.zeros((), dtype=bool)
            for part in parts:
                fails = fails | part.fails
                found = found | _compared(ast.Eq(), left, part)
            return _truths(found if isinstance(op, ast.In) else ~found, fails)
        right = _visit(node, column)
        fails = fails | (true & right.fails)
        true = true & _compared(op, left, right)
        left = right
    return _truths(true, fails)


def _compared(op: ast.cmpop, left: Values, right: Values) -> Mask:
    if not isinstance(op, ast.Eq | ast.NotEq):
        left.numbers(), right.numbers()  # texts have an order too
    return np.asarray(OPERATORS[type(op)](left.data, right.data), dtype=bool)


def _call(name: str, parts: Sequence[Values]) -> Values:
    if name in ("min", "max") and len(parts) > 1:
        found = parts[0]
        for part in parts[1:]:
            better = part.numbers() < found.numbers() if name == "min" else part.numbers() > found.numbers()
            data, fails = np.where(better, part.data, found.data), found.fails | part.fails
            found = Values(data, fails, _common(found.whole, part.whole))
        return found
    if len(parts) == 1 and name not in ("min", "max", "len"):
        return _each(FUNCTIONS[name], parts[0], parts[0].fails)
    raise NotColumnar


def _each(function: Callable[[Any], Any], part: Values, fails: Mask) -> Values:
    """A function of one number, asked once for each that there is."""
    if part.whole is None:
        raise NotColumnar
    inputs, back = np.unique(part.numbers(), return_inverse=True)
    outputs, failed = [], np.zeros(len(inputs), dtype=bool)
    for k, number in enumerate(inputs.tolist()):
        try:
            outputs.append(function(int(number) if part.whole else number))
        except (ArithmeticError, TypeError, ValueError):
            failed[k] = True
            outputs.append(None)
    kinds = {isinstance(value, int) for value in outputs if value is not None}
    blank: Any = 0 if kinds == {True} else 0.0
    found = values_of([blank if value is None else value for value in outputs])
    shape = part.data.shape
    return Values(found.data[back].reshape(shape), fails | failed[back].reshape(shape), found.whole)


def _is_plain(value: Any) -> bool:
    """Whether a value can stand in a column of objects, where only equality and truth are asked for."""
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    return value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST)
