"""What a filter or an order of runs may name, and where its value lies."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from besom.server.store import json_values
from besom.server.store.errors import FilterError
from besom.server.store.tables import projects, runs

LONGEST_NAME = 300

Expression = ColumnElement[Any]


@dataclass(frozen=True)
class Field:
    """A value of a run, by the types that it may have; None for a type that it never has.

    Each expression is NULL in runs where the value is missing or of another type.
    """

    name: str
    present: ColumnElement[bool]
    number: Expression | None = None
    text: Expression | None = None
    truth: Expression | None = None
    elements: Expression | None = None
    is_time: bool = False


def _text(name: str, column: Expression) -> Field:
    return Field(name, column.is_not(None), text=json_values.bytewise(column))


def _number(name: str, column: Expression) -> Field:
    return Field(name, column.is_not(None), number=column)


def _time(name: str, column: Expression) -> Field:
    return Field(name, column.is_not(None), number=column, is_time=True)


_COLUMNS = [
    _text("id", runs.c.id),
    _text("name", runs.c.name),
    _text("display_name", runs.c.name),
    _text("state", runs.c.state),
    _text("sweep", runs.c.sweep_id),
    _text("agent", runs.c.agent_id),
    _text("group", runs.c.run_group),
    _text("job_type", runs.c.job_type),
    _text("notes", runs.c.notes),
    _text("entity", select(projects.c.entity).where(projects.c.id == runs.c.project_id).scalar_subquery()),
    _text("host", runs.c.host),
    _text("program", runs.c.program),
    _time("created_at", runs.c.created),
    _time("started_at", runs.c.started),
    _time("heartbeat_at", runs.c.heartbeat),
    _time("ended_at", runs.c.ended),
    _number("duration", func.coalesce(runs.c.ended, runs.c.heartbeat) - runs.c.started),
    _number("steps", runs.c.steps),
    _number("exit_code", runs.c.exit_code),
    _number("best", runs.c.metric_value),
    _number("last", runs.c.metric_last),
    Field("tags", func.json_array_length(runs.c.tags) > 0, elements=runs.c.tags),
]
_BY_NAME = {field.name: field for field in _COLUMNS}
# As W&B's own clients write them.
_ALIASES = {
    "displayName": "display_name",
    "jobType": "job_type",
    "createdAt": "created_at",
    "heartbeatAt": "heartbeat_at",
    "username": "entity",
}
_ROOTS = {
    "config": runs.c.config,
    "params": runs.c.params,
    "summary": runs.c.summary,
    "summary_metrics": runs.c.summary,
    "summaryMetrics": runs.c.summary,
}
NAMES = (*_BY_NAME, "config.KEY", "params.KEY", "summary.KEY", "summary_metrics.KEY")


def find(name: str) -> Field:
    """The field of that name. ``config.a.b`` is first the key "a.b", else the key "b" inside "a". A ``value`` behind
    the first of these names, as in W&B's ``config.lr.value`` and ``config.optimizer.value.lr``, is passed over where no
    such key is.

    Raises:
        FilterError: there is no such field.
    """
    root, dot, key = name.partition(".")
    if dot and key and root in _ROOTS:
        return _json_field(name, _ROOTS[root], key)
    known = _BY_NAME.get(_ALIASES.get(name, name))
    if known is not None:
        return known
    if root in _ROOTS:
        raise FilterError(f"{name!r} needs a key: {root}.KEY.")
    close = difflib.get_close_matches(name, NAMES, 1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise FilterError(f"A run has no field {name[:LONGEST_NAME]!r}.", f"{hint}There are: {', '.join(NAMES)}.")


def _json_field(name: str, column: Expression, key: str) -> Field:
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

    return Field(
        name,
        or_(*(json_values.present(column, place) for place in places)),
        number=first(json_values.number),
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
