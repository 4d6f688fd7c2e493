"""Reads the exact curves of a sweep's runs: every value as it was logged, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from besom.client.connection import Connection, segment
from besom.client.history import pages
from besom.client.lookup import project_route
from besom.protocol import Run, RunPage, Sweep

_PAGE = 10_000


def sweep_runs(connection: Connection, sweep: Sweep) -> list[Run]:
    """All runs of a sweep, the oldest first."""
    route, runs, cursor = f"{project_route(sweep.entity, sweep.project)}/runs", [], None
    while True:
        query = {"sweep": sweep.id, "order": "+created_at", "limit": _PAGE, "cursor": cursor}
        page = connection.request("GET", route, query=query, reply=RunPage)
        runs += page.runs
        cursor = page.cursor
        if cursor is None:
            return runs


def curves(connection: Connection, runs: list[Run], key: str) -> Iterator[list[tuple[float, Any]]]:
    """For each run (time in seconds since 1970, value of ``key``), oldest first; numbers JSON lacks are text.

    One request per run that has logged anything, more for very long ones.
    """
    for run in runs:
        route = f"{project_route(run.entity, run.project)}/runs/{segment(run.id)}"
        rows = pages(connection, route, [key], _PAGE) if run.steps else iter(())
        yield [(row["_timestamp"], row[key]) for row in rows if key in row]
