"""Runs as a table for spreadsheets: comma-separated values, one row per run, made piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import msgspec

from besom.server.services.context import Context
from besom.server.services.filters import condition_of
from besom.server.services.projects import find_project
from besom.server.services.users import Caller
from besom.server.store import run_list

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_AT_ONCE = 500
_FACTS = ("name", "id", "state", "sweep", "tags", "created", "duration")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def runs_as_csv(
    ctx: Context, caller: Caller, entity: str, project: str, *, sweep: str | None, filter_text: str | None
) -> AsyncIterator[bytes]:
    """The runs that match, the oldest first: facts, then ``config.*`` and ``summary.*``, nested keys joined by dots.

    Text that a spreadsheet would take for a formula gets an apostrophe in front: names, tags and values come from
    whoever may write to the project, and are opened by others. Numbers stay as they are.

    Raises:
        Missing: no such project. Raised before the first piece, as is
        Invalid: the filter cannot be understood.
    """
    caller.must_see(sweep)
    matches = condition_of(filter_text)
    home = await ctx.read(lambda conn: find_project(conn, caller, entity, project, in_part=True))
    condition = run_list.living(home.id, sweep) & matches
    newest = await ctx.read(run_list.newest)
    columns: dict[str, None] = {}
    async for rows in _pages(ctx, condition, newest):
        for root in ("config", "summary"):
            columns.update(dict.fromkeys(name for row in rows for name, _ in _leaves(root, _values(row, root))))

    async def pieces() -> AsyncIterator[bytes]:
        names = sorted(columns, key=lambda name: not name.startswith("config."))  # first all of config; order is kept
        yield _lines([[*_FACTS, *names]])
        async for rows in _pages(ctx, condition, newest):
            yield _lines([_row(row, names) for row in rows])

    return pieces()


async def _pages(ctx: Context, condition: ColumnElement[bool], newest: int) -> AsyncIterator[list[Any]]:
    """All runs that match and are no newer, some at a time. Those that match no more do not shift the others."""
    last = 0
    while True:

        def look(conn: Connection, last: int = last) -> list[Any]:
            return run_list.oldest_of(conn, condition, (last, newest), _AT_ONCE)

        rows = await ctx.read(look)
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].key


def _row(row: Any, names: list[str]) -> list[Any]:
    values = {**dict(_leaves("config", _values(row, "config"))), **dict(_leaves("summary", _values(row, "summary")))}
    seconds = 0.0 if row.started is None else max(0.0, (row.ended or row.heartbeat or row.started) - row.started)
    created = datetime.fromtimestamp(row.created, timezone.utc).isoformat(timespec="seconds")
    tags = ", ".join(_values(row, "tags"))
    facts = [row.name, row.id, row.state, row.sweep_id, tags, created, round(seconds, 3)]
    return [_cell(value) for value in (*facts, *(values.get(name) for name in names))]


def _values(row: Any, column: str) -> Any:
    return msgspec.json.decode(getattr(row, column))


def _leaves(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(f"{prefix}.{key}", item)
    elif not isinstance(value, dict):
        yield prefix, value


def _cell(value: Any) -> Any:
    if isinstance(value, (list, bool)):
        value = msgspec.json.encode(value).decode()
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
