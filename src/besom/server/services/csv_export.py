"""A table of runs as comma-separated values, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timezone
from typing import Any

import msgspec

from besom.protocol import mark_numbers
from besom.server.services.run_table import FACTS, RunTable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TAGS, _CREATED = FACTS.index("tags"), FACTS.index("created")


async def csv_pieces(table: RunTable) -> AsyncIterator[bytes]:
    """One line of names, then one per run. Times are ISO 8601 in UTC, tags are joined by commas, lists are JSON.

    Text that a spreadsheet would take for a formula gets an apostrophe in front: names, tags and values come from
    whoever may write to the project, and are opened by others. Numbers stay as they are.
    """
    yield _lines([[*FACTS, *table.columns]])
    async for rows in table.pages():
        yield _lines(_readable(row) for row in rows)


def _readable(row: list[Any]) -> list[Any]:
    row[_TAGS] = ", ".join(row[_TAGS])
    row[_CREATED] = datetime.fromtimestamp(row[_CREATED], timezone.utc).isoformat(timespec="seconds")
    return [_cell(mark_numbers(value)) for value in row]


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


def _lines(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
