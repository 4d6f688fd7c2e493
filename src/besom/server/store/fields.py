"""What a filter or an order may name, and where its value lies."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_

from besom.server.store import json_values
from besom.server.store.errors import FilterError

LONGEST_NAME = 300

Expression = ColumnElement[Any]


@dataclass(frozen=True)
class Field:
    """A value of a row, by the types that it may have; None for a type that it never has.

    Each expression is NULL in rows where the value is missing or of another type.
    """

    name: str
    present: ColumnElement[bool]
    number: Expression | None = None
    text: Expression | None = None
    truth: Expression | None = None
    elements: Expression | None = None
    is_time: bool = False


def text(name: str, column: Expression) -> Field:
    """A column of text."""
    return Field(name, column.is_not(None), text=json_values.bytewise(column))


def number(name: str, column: Expression) -> Field:
    """A column of numbers."""
    return Field(name, column.is_not(None), number=column)


def time(name: str, column: Expression) -> Field:
    """A column of Unix seconds."""
    return Field(name, column.is_not(None), number=column, is_time=True)


class Fields:
    """What a kind of thing has.

    Args:
        kind: The thing, with its article.
        last: What orders equals in any order of them.
        known: Its own fields.
        aliases: Other names of these, and of the roots.
        roots: Columns of JSON, by the names that stand before the first dot.
        aggregates: What a group in such a column counts with, where a number is wanted: the first of these keys that it
            has, by root.
    """

    def __init__(
        self,
        kind: str,
        last: Expression,
        known: Sequence[Field],
        aliases: Mapping[str, str],
        roots: Mapping[str, Expression],
        aggregates: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.last = last
        self._kind = kind
        self._known = {field.name: field for field in known}
        self._aliases = aliases
        self._roots = roots
        self._aggregates = aggregates
        self._names = [*self._known, *(f"{root}.KEY" for root in roots)]

    def find(self, name: str) -> Field:
        """The field of that name. ``config.a.b`` is first the key "a.b", else the key "b" inside "a". A ``value``
        behind the first of these names, as in W&B's ``config.lr.value`` and ``config.optimizer.value.lr``, is passed
        over where no such key is.

        Raises:
            FilterError: there is no such field.
        """
        root, dot, key = name.partition(".")
        root = self._aliases.get(root, root)
        if dot and key and root in self._roots:
            return _json_field(name, self._roots[root], key, self._aggregates.get(root, ()))
        known = self._known.get(self._aliases.get(name, name))
        if known is not None:
            return known
        if root in self._roots:
            raise FilterError(f"{name!r} needs a key: {root}.KEY.")
        close = difflib.get_close_matches(name, self._names, 1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        told = f"{hint}There are: {', '.join(self._names)}."
        raise FilterError(f"{self._kind} has no field {name[:LONGEST_NAME]!r}.", told)


def _json_field(name: str, column: Expression, key: str, aggregates: Sequence[str]) -> Field:
    if len(name) > LONGEST_NAME:
        raise FilterError(f"The name {name[:50]!r}… is longer than {LONGEST_NAME} characters.")
    if any(char in '"\\' or not char.isprintable() for char in key):
        raise FilterError(f"{name!r} cannot be searched: keys with quotes, backslashes or control characters cannot.")
    places = _places(key)

    def first(value: Callable[[Expression, tuple[str, ...]], Expression]) -> Expression:
        """The value at the first place where there is one."""
        *before, last = places
        if not before:
            return value(column, last)
        return case(
            *((json_values.present(column, place), value(column, place)) for place in before), else_=value(column, last)
        )

    inside = [json_values.number(column, (*place, part)) for part in aggregates for place in places]
    plain = first(json_values.number)
    return Field(
        name,
        or_(*(json_values.present(column, place) for place in places)),
        number=func.coalesce(plain, *inside) if inside else plain,
        text=json_values.bytewise(first(json_values.text)),
        truth=first(json_values.truth),
    )


def _places(key: str) -> list[tuple[str, ...]]:
    """Paths of keys at which a dotted name may be found, the likeliest first."""
    names = [key]
    first, *rest = key.split(".")
    if first and "value" in rest:
        rest.remove("value")
        names.append(".".join([first, *rest]))
    places = [place for name in names for place in ((name,), tuple(name.split(".")))]
    return list(dict.fromkeys(places))
