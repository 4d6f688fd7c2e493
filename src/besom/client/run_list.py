"""Runs of a project or sweep as a sequence that is fetched page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from besom.client.lookup import project_route
from besom.client.numbers import encode_deep
from besom.client.runs import Run
from besom.protocol import Run as RunMessage
from besom.protocol import RunPage

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.sweeps import Sweep


class Runs(Sequence[Run]):
    """Runs of a project or sweep, fetched page by page as they are looked at."""

    def __init__(
        self,
        api: Api,
        entity: str,
        project: str,
        *,
        filters: Mapping[str, Any] | None = None,
        order: str = "+created_at",
        per_page: int = 50,
        sweep: str | None = None,
        include_sweeps: bool = False,
    ) -> None:
        self._api = api
        self._include_sweeps = include_sweeps
        self._sweeps: dict[str, Sweep] = {}
        self._route = f"{project_route(entity, project)}/runs"
        self._path = f"{entity}/{project}"
        self._query = {
            "sweep": sweep,
            "filter": json.dumps(encode_deep(dict(filters))) if filters else None,
            "order": order,
            "limit": per_page,
        }
        self._runs: list[Run] = []
        self._total: int | None = None
        self._cursor: str | None = None

    def __len__(self) -> int:
        if self._total is None:
            self._fetch()
        return self._total or 0

    def __iter__(self) -> Iterator[Run]:
        index = 0
        while index < len(self._runs) or self._fetch():
            yield self._runs[index]
            index += 1

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        last = index if isinstance(index, int) else (index.stop if index.stop is not None else -1)
        backwards = last < 0 or (isinstance(index, slice) and ((index.start or 0) < 0 or (index.step or 1) < 0))
        while (backwards or last >= len(self._runs)) and self._fetch():
            pass
        return self._runs[index]

    def __repr__(self) -> str:
        return f"<Runs {self._path} ({len(self)})>"

    def _fetch(self) -> bool:
        """Gets the next page; False when there is none."""
        if self._total is not None and self._cursor is None:
            return False
        query = {**self._query, "cursor": self._cursor}
        page = self._api.connection.request("GET", self._route, query=query, reply=RunPage)
        self._runs += [self._run(message) for message in page.runs]
        self._total, self._cursor = page.total, page.cursor
        return bool(page.runs)

    def _run(self, message: RunMessage) -> Run:
        if not self._include_sweeps or message.sweep_id is None:
            return Run(self._api, message)
        if message.sweep_id not in self._sweeps:
            self._sweeps[message.sweep_id] = self._api.sweep(message.sweep_id)
        return Run(self._api, message, self._sweeps[message.sweep_id])
