"""Runs as a table: one row per run, one column per fact and per value of config and summary. Read piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import decode_deep
from besom.server.services.context import Context
from besom.server.services.filters import condition_of
from besom.server.services.projects import find_project
from besom.server.services.users import Caller
from besom.server.store import run_list

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

FACTS = ("name", "id", "state", "sweep", "tags", "created", "duration", "creator")
"""The first columns; ``tags`` are lists of text, ``created`` is in Unix seconds, ``duration`` in seconds."""
_AT_ONCE = 500
_LEAST, _LARGEST = -(2**63), 2**63 - 1


class RunTable:
    """The runs that were there when the table was opened, the oldest first.

    ``columns`` are the names after ``FACTS``: all of ``config.*``, then ``summary.*``, nested keys joined by dots.
    Each has the kinds of value (``kind_of``) that were found in it; None is no value.
    """

    def __init__(
        self, ctx: Context, condition: ColumnElement[bool], newest: int, columns: dict[str, frozenset[type]]
    ) -> None:
        self._ctx = ctx
        self._condition = condition
        self._newest = newest
        self.columns = columns

    async def pages(self) -> AsyncIterator[list[list[Any]]]:
        """The rows, some at a time: the values of ``FACTS`` and then of ``columns``, None where a run has none."""
        async for page in _pages(self._ctx, self._condition, self._newest):
            yield [[*facts, *(values.get(name) for name in self.columns)] for facts, values in page]


async def open_table(
    ctx: Context, caller: Caller, entity: str, project: str, *, sweep: str | None, filter_text: str | None
) -> RunTable:
    """The table of the runs that match; looks at all of them once for their columns.

    Raises:
        Missing: no such project.
        Forbidden: a reader asks for more than the runs of the link's sweep.
        Invalid: the filter cannot be understood.
    """
    caller.must_see(sweep)
    matches = condition_of(filter_text)
    home = await ctx.read(lambda conn: find_project(conn, caller, entity, project, in_part=True))
    condition = run_list.living(home.id, sweep) & matches
    newest = await ctx.read(run_list.newest)
    kinds: dict[str, set[type]] = {}
    async for page in _pages(ctx, condition, newest):
        for _, values in page:
            for name, value in values.items():
                kinds.setdefault(name, set()).add(kind_of(value))
    names = sorted(kinds, key=lambda name: not name.startswith("config."))  # their own order is kept
    return RunTable(ctx, condition, newest, {name: frozenset(kinds[name] - {type(None)}) for name in names})


def kind_of(value: Any) -> type:
    """``bool``, ``int``, ``float``, ``str`` or ``list``; ``object`` for a whole number of more than 64 bits."""
    return object if type(value) is int and not _LEAST <= value <= _LARGEST else type(value)


_Row = tuple[list[Any], dict[str, Any]]


async def _pages(ctx: Context, condition: ColumnElement[bool], newest: int) -> AsyncIterator[list[_Row]]:
    """All runs that match and are no newer, some at a time. Those that match no more do not shift the others."""
    last = 0
    while True:

        def look(conn: Connection, last: int = last) -> tuple[list[_Row], int | None]:
            rows = run_list.oldest_of(conn, condition, (last, newest), _AT_ONCE)
            return [(_facts(row), _values(row)) for row in rows], rows[-1].key if len(rows) == _AT_ONCE else None

        page, following = await ctx.read(look)
        if page:
            yield page
        if following is None:
            return
        last = following


def _facts(row: Any) -> list[Any]:
    seconds = 0.0 if row.started is None else max(0.0, (row.ended or row.heartbeat or row.started) - row.started)
    tags = msgspec.json.decode(row.tags)
    return [row.name, row.id, row.state, row.sweep_id, tags, row.created, round(seconds, 3), row.creator]


def _values(row: Any) -> dict[str, Any]:
    config, summary = msgspec.json.decode(row.config), msgspec.json.decode(row.summary)
    return {**dict(_leaves("config", decode_deep(config))), **dict(_leaves("summary", decode_deep(summary)))}


def _leaves(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(f"{prefix}.{key}", item)
    elif not isinstance(value, dict):
        yield prefix, value
