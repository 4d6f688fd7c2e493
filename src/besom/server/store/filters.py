"""Filters and orders of lists, compiled to SQL. No text of the user becomes part of a statement.

A filter is a JSON object in the Mongo-like language of W&B's ``Api.runs``: ``{"config.lr": {"$lt": 0.1}}``. Values are
compared with values of their own type only, so ``{"$lt": 3}`` never matches a string. ``$ne``, ``$nin`` and ``$not``
match whatever their opposite does not, so also runs where the value is missing; null means missing. ``tags`` matches
when one of them does.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, case, false, func, not_, or_, true

from besom.server.store import fields_of_runs, json_values, patterns
from besom.server.store.errors import FilterError
from besom.server.store.fields import Expression, Field, Fields

DEEPEST = 10
MOST_CONDITIONS = 200
LONGEST_LIST = 1000
MOST_ORDER_KEYS = 20

Condition = ColumnElement[bool]

_COMPARISONS: dict[str, Callable[[Any, Any], Condition]] = {
    "$eq": lambda left, right: left == right,
    "$gt": lambda left, right: left > right,
    "$gte": lambda left, right: left >= right,
    "$lt": lambda left, right: left < right,
    "$lte": lambda left, right: left <= right,
}
_OPERATORS = (*_COMPARISONS, "$ne", "$in", "$nin", "$not", "$exists", "$regex")
_COMBINATIONS = ("$and", "$or", "$nor", "$not")


def compile_filter(given: object, fields: Fields = fields_of_runs.FIELDS) -> Condition:
    """The condition that a filter stands for.

    Args:
        given: the filter, decoded from JSON; empty or None matches everything.
        fields: of what is to be filtered: runs, if nothing else is said.

    Raises:
        FilterError: names the part that cannot be understood, and what exists.
    """
    return _Compiler(fields).conditions({} if given is None else given, 0)


def compile_order(order: str, fields: Fields = fields_of_runs.FIELDS) -> list[Expression]:
    """Expressions for ORDER BY.

    Args:
        order: ``+key`` or ``-key``, separated by commas; ``key`` alone is ``+key``. Numbers come before strings, and
            these before booleans; missing values, null and NaN are last in both directions. ``fields.last`` orders
            equals, in the direction of the last key.
        fields: of what is to be ordered: runs, if nothing else is said.

    Raises:
        FilterError: a key is unknown or cannot be ordered by.
    """
    terms: list[Expression] = []
    descending = False
    parts = order.split(",")
    if len(parts) > MOST_ORDER_KEYS:
        raise FilterError(f"The order has {len(parts)} keys, and {MOST_ORDER_KEYS} is the most.")
    for part in parts:
        name = part.strip()
        if not name:
            raise FilterError(f"The order {order!r} has an empty key.", "Write +key or -key, separated by commas.")
        descending = name.startswith("-")
        terms += _order_terms(fields.find(name.lstrip("+-") if name[0] in "+-" else name), descending)
    terms.append(fields.last.desc() if descending else fields.last)
    return terms


def _order_terms(field: Field, descending: bool) -> list[Expression]:
    if field.elements is not None:
        raise FilterError(f"There is no order by {field.name}.")
    # In JSON "NaN" is a number that is not there; a column of text may well hold that word.
    text = field.text if field.text is None or field.number is None else func.nullif(field.text, "NaN")
    values = [value for value in (field.number, text, field.truth) if value is not None]
    if all(isinstance(value, Column) and not value.nullable for value in values):
        return [value.desc() if descending else value.asc() for value in values]  # as an index has it
    if len(values) == 1:
        (value,) = values
        return [(value.desc() if descending else value.asc()).nulls_last()]  # SQLite's indexes have this, too
    ranks: list[tuple[Condition, Any]] = [(value.is_not(None), rank) for rank, value in enumerate(values)]
    return [case(*ranks, else_=len(values)), *(value.desc() if descending else value.asc() for value in values)]


class _Compiler:
    """Walks one filter and counts what it has seen."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._count = 0

    def conditions(self, given: object, depth: int) -> Condition:
        """An object of field names and of combinations such as ``$and``, all of which must hold."""
        if not isinstance(given, Mapping):
            raise FilterError(
                f"A filter is a JSON object, not {_show(given)}.", 'Example: {"config.lr": {"$lt": 0.1}}.'
            )
        self._enter(depth)
        return and_(true(), *(self._entry(str(key), value, depth + 1) for key, value in given.items()))

    def _entry(self, key: str, value: object, depth: int) -> Condition:
        if not key.startswith("$"):
            return self._field(self._fields.find(key), value, depth)
        if key == "$not":
            return not_(self.conditions(value, depth))
        if key not in _COMBINATIONS:
            raise FilterError(f"{key!r} is no combination of conditions.", f"There are: {', '.join(_COMBINATIONS)}.")
        if not isinstance(value, list) or not value:
            raise FilterError(f"{key} takes a list of filters, not {_show(value)}.")
        parts = [self.conditions(part, depth) for part in value]
        if key == "$and":
            return and_(*parts)
        return or_(*parts) if key == "$or" else not_(or_(*parts))

    def _field(self, field: Field, value: object, depth: int) -> Condition:
        self._enter(depth)
        if not isinstance(value, Mapping):
            return self._operator(field, "$eq", value, depth)
        if not value:
            raise FilterError(f"The condition on {field.name} is empty.", f"There are: {', '.join(_OPERATORS)}.")
        return and_(*(self._operator(field, str(name), operand, depth + 1) for name, operand in value.items()))

    def _operator(self, field: Field, name: str, operand: object, depth: int) -> Condition:
        self._enter(depth)
        if name == "$not":
            if not isinstance(operand, Mapping):
                raise FilterError(f"$not on {field.name} takes an object of operators, not {_show(operand)}.")
            return not_(self._field(field, operand, depth))
        if name == "$ne":
            return not_(_equals(field, operand))
        if name in ("$in", "$nin"):
            found = _one_of(field, name, operand)
            return found if name == "$in" else not_(found)
        if name == "$exists":
            if not isinstance(operand, bool):
                raise FilterError(f"$exists on {field.name} takes true or false, not {_show(operand)}.")
            return field.present if operand else not_(field.present)
        if name == "$regex":
            return _matches(field, operand)
        if name == "$eq":
            return _equals(field, operand)
        if name not in _COMPARISONS:
            raise FilterError(f"{field.name}: there is no operator {name!r}.", f"There are: {', '.join(_OPERATORS)}.")
        return _compare(field, name, operand)

    def _enter(self, depth: int) -> None:
        self._count += 1
        if depth > DEEPEST * 2:
            raise FilterError(f"The filter is nested more than {DEEPEST} deep.")
        if self._count > MOST_CONDITIONS:
            raise FilterError(f"The filter has more than {MOST_CONDITIONS} parts.")


def _equals(field: Field, operand: object) -> Condition:
    return not_(field.present) if operand is None else _compare(field, "$eq", operand)


def _one_of(field: Field, name: str, operand: object) -> Condition:
    if not isinstance(operand, list):
        raise FilterError(f"{name} on {field.name} takes a list, not {_show(operand)}.")
    if len(operand) > LONGEST_LIST:
        raise FilterError(f"{name} on {field.name} has {len(operand)} values, and {LONGEST_LIST} is the most.")
    if field.elements is not None:
        return or_(false(), *(_equals(field, value) for value in operand))
    by_expression: dict[Expression, list[Any]] = {}
    for value in operand:
        if value is not None:
            expression, right = _typed(field, value)
            by_expression.setdefault(expression, []).append(right)
    found = [func.coalesce(expression.in_(values), false()) for expression, values in by_expression.items()]
    return or_(false(), *found, *([not_(field.present)] if None in operand else []))


def _matches(field: Field, operand: object) -> Condition:
    if field.text is None:
        raise FilterError(f"$regex cannot be used on {field.name}, which is no text.")
    if not isinstance(operand, str):
        raise FilterError(f"$regex on {field.name} takes a string, not {_show(operand)}.")
    return func.coalesce(func.substr(field.text, 1, patterns.LOOKED_AT).regexp_match(patterns.check(operand)), false())


def _compare(field: Field, name: str, operand: object) -> Condition:
    if field.elements is not None:
        if name != "$eq" or not isinstance(operand, str):
            raise FilterError(f"{name} {_show(operand)} cannot be used on {field.name}, which is a list of strings.")
        return json_values.has_element(field.elements, _clean(operand))
    value, right = _typed(field, operand)
    # Where the value is missing a comparison is unknown, and "not unknown" would not match either.
    return func.coalesce(_COMPARISONS[name](value, right), false())


def _typed(field: Field, operand: object) -> tuple[Expression, Any]:
    """The field's expression of the operand's type, and the operand as the database takes it."""
    expression: Expression | None
    right: Any
    if isinstance(operand, bool):
        expression, right = field.truth, int(operand)
    elif isinstance(operand, (int, float)):
        expression, right = field.number, _finite(field, operand)
    elif isinstance(operand, str) and field.is_time:
        expression, right = field.number, _seconds(field, operand)
    elif isinstance(operand, str):
        expression, right = field.text, _clean(operand)
    else:
        raise FilterError(f"{field.name} can be compared with a number, a string or a boolean, not {_show(operand)}.")
    if expression is None:
        kind = "a time" if field.is_time else "a number" if field.number is not None else "text"
        raise FilterError(f"{field.name} is {kind}, and {_show(operand)} is not.")
    return expression, right


def _finite(field: Field, operand: float) -> float:
    try:
        number = float(operand)
    except OverflowError:  # an integer beyond what floats reach
        number = math.inf
    if not math.isfinite(number):
        raise FilterError(f"{field.name} cannot be compared with {_show(operand)}.")
    return number


def _seconds(field: Field, operand: str) -> float:
    """Unix time of an ISO date; without a zone it is UTC."""
    try:
        moment = datetime.datetime.fromisoformat(operand.replace("Z", "+00:00"))
    except ValueError:
        raise FilterError(
            f"{field.name} is a time, and {_show(operand)} is not.", "Write Unix seconds or 2030-12-31T23:59:59."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()


def _clean(operand: str) -> str:
    if "\0" in operand:
        raise FilterError(f"{_show(operand)} holds a character that no database can search.")
    return operand


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
