"""Reads the logged rows of a run."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from besom.client.connection import Connection
from besom.client.numbers import decode_deep
from besom.errors import UsageError
from besom.protocol import HistoryPage, SystemPage

IN_EVERY_ROW = ("_step", "_timestamp")


def check_keys(keys: Sequence[str] | None) -> None:
    """Refuses one name where a list of names belongs: its letters would be taken for names.

    Raises:
        UsageError: ``keys`` is text.
    """
    if isinstance(keys, str):
        raise UsageError(f"keys is {keys!r}, not a list of names.", f"Write keys=[{keys!r}].")


def scan(
    connection: Connection,
    run_route: str,
    keys: Sequence[str] | None,
    page_size: int,
    min_step: int | None,
    max_step: int | None,
) -> Iterator[dict[str, Any]]:
    """Every row of a run in order; with ``keys`` only rows that have all of them, and nothing else of these rows."""
    asked = [key for key in keys or () if key not in IN_EVERY_ROW] or None
    for values in _whole(pages(connection, run_route, asked, page_size)):
        if min_step is not None and values["_step"] < min_step:
            continue
        if max_step is not None and values["_step"] >= max_step:
            return
        if keys is None:
            yield decode_deep(values)
        elif all(key in values for key in keys):
            yield {key: decode_deep(values[key]) for key in keys}


def pages(
    connection: Connection, run_route: str, keys: Sequence[str] | None, page_size: int
) -> Iterator[dict[str, Any]]:
    """Every row of a run as it was logged, in order; with ``keys`` only those keys of it."""
    row: int | None = 0
    while row is not None:
        query = {"after": row, "limit": page_size, "keys": keys}
        page = connection.request("GET", f"{run_route}/history", query=query, reply=HistoryPage)
        yield from page.rows
        row = page.next_row


def _whole(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of one step put together: what several calls of ``log`` said of a step is one row."""
    for _, same in itertools.groupby(rows, key=lambda row: row["_step"]):
        whole: dict[str, Any] = {}
        for row in same:
            whole.update(row)
        yield whole


def sample(rows: Iterable[dict[str, Any]], samples: int) -> list[dict[str, Any]]:
    """At most ``samples`` rows, evenly spread, the first and the last among them."""
    everything = list(rows)
    if samples <= 0 or len(everything) <= samples:
        return everything[: max(samples, 0)]
    if samples == 1:
        return everything[-1:]
    last = len(everything) - 1
    return [everything[round(k * last / (samples - 1))] for k in range(samples)]


def system_rows(page: SystemPage, keys: Sequence[str] | None) -> list[dict[str, Any]]:
    """System metrics as rows by time: ``_timestamp`` and the metrics measured then; with ``keys`` only those."""
    rows: dict[float, dict[str, Any]] = {}
    for curve in page.curves:
        if keys is None or curve.key in keys:
            for time, value in zip(curve.times, curve.values, strict=True):
                rows.setdefault(time, {"_timestamp": time})[curve.key] = value
    return [rows[time] for time in sorted(rows)]
