"""The runs of a sweep as a search outside the server sees them, kept up to date by asking for what has changed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from besom.client.connection import Connection, segment
from besom.client.lookup import project_route
from besom.client.numbers import decode_deep
from besom.protocol import HistoryPage, Run, RunPage, Sweep

PAGE = 1000
ENDED = frozenset({"finished", "failed", "crashed", "killed"})
"""States that a run does not leave; one that was preempted goes on later."""
ACTIVE = frozenset({"pending", "running", "preempting"})
"""States in which something is still to be expected soon."""


class SweepRun:
    """A run of the sweep, as it was at the last step."""

    def __init__(self, connection: Connection, message: Run) -> None:
        self._connection = connection
        self._rows: list[dict[str, Any]] = []
        self.message = message

    @property
    def id(self) -> str:
        """What it is known by."""
        return self.message.id

    @property
    def name(self) -> str:
        """Display name."""
        return self.message.name

    @property
    def state(self) -> str:
        """``pending``, ``running``, ``finished``, ``failed``, ``crashed``, ``killed``, ..., as in ``besom.Api``."""
        return self.message.state

    @property
    def config(self) -> dict[str, Any]:
        """The values that it was handed out, nested; those of its program where it was not made by the sweep."""
        values = self.message.config if self.message.params is None else self.message.params
        config: dict[str, Any] = decode_deep(values)
        return config

    @property
    def value(self) -> float | None:
        """The number that it counts with, by ``metric.use``; None before it has logged one."""
        return self.message.best

    @property
    def summary(self) -> dict[str, Any]:
        """The last value of each metric."""
        summary: dict[str, Any] = decode_deep(self.message.summary)
        return summary

    @property
    def why(self) -> dict[str, Any]:
        """How search came to it."""
        return self.message.why or {}

    @property
    def is_queued(self) -> bool:
        """Whether it waits for its first agent."""
        return self.message.state == "pending" and self.message.agent_id is None

    @property
    def is_active(self) -> bool:
        """Whether it waits for an agent or is at work."""
        return self.message.state in ACTIVE

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be heard of it."""
        return self.message.state in ENDED

    @property
    def history(self) -> list[dict[str, Any]]:
        """All that it has logged, one dict per step, oldest first; fetched when asked for, the new part only."""
        row: int | None = len(self._rows)
        while row is not None and len(self._rows) < self.message.steps:
            route = f"{project_route(self.message.entity, self.message.project)}/runs/{segment(self.id)}/history"
            query = {"after": row, "limit": PAGE}
            page = self._connection.request("GET", route, query=query, reply=HistoryPage)
            self._rows += page.rows
            row = page.next_row
        grouped = itertools.groupby(self._rows, key=lambda row: row["_step"])
        return [{key: decode_deep(value) for row in rows for key, value in row.items()} for _, rows in grouped]

    def curve(self, metric: str) -> list[Any]:
        """The logged values of one metric, oldest first."""
        return [row[metric] for row in self.history if metric in row]

    def __repr__(self) -> str:
        return f"<SweepRun {self.id} ({self.state})>"


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the runs since the last look."""

    changed: list[SweepRun]
    """New ones too, in the order of their changes."""
    deleted: list[str]


class Runs:
    """All runs of a sweep, whatever their number. The first look reads every page, later ones what has changed."""

    def __init__(self, connection: Connection, sweep: Sweep) -> None:
        self._connection = connection
        self._query: dict[str, Any] = {"sweep": sweep.id, "limit": PAGE}
        self._route = f"{project_route(sweep.entity, sweep.project)}/runs"
        self._version: int | None = None
        self._runs: dict[str, SweepRun] = {}

    @property
    def all(self) -> list[SweepRun]:
        """The oldest first."""
        return list(self._runs.values())

    def refresh(self) -> Changes:
        """Asks for what has changed.

        Raises:
            CommError: the server refuses or does not answer.
        """
        messages: list[Run] = []
        deleted: list[str] = []
        version = cursor = None
        while True:
            query = {**self._query, "since": self._version, "cursor": cursor}
            page = self._connection.request("GET", self._route, query=query, reply=RunPage)
            messages += page.runs
            deleted += page.deleted
            version = page.version if version is None else version  # what changes meanwhile is asked for next time
            cursor = page.cursor
            if cursor is None:
                break
        self._version = version
        gone = [run_id for run_id in dict.fromkeys(deleted) if self._runs.pop(run_id, None) is not None]
        return Changes([self.put(message) for message in messages], gone)

    def put(self, message: Run) -> SweepRun:
        """Takes in a run as it is now."""
        known = self._runs.get(message.id)
        if known is None:
            known = self._runs[message.id] = SweepRun(self._connection, message)
        else:
            known.message = message
        return known
