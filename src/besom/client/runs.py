"""A run as a Python object."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from besom.client.connection import segment
from besom.client.history import sample, scan
from besom.client.lookup import find_run, project_route
from besom.client.numbers import decode_deep
from besom.client.times import iso_time
from besom.protocol import Run as RunMessage

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.sweeps import Sweep


class Run:
    """A run on the server, as it was when it was fetched; ``load`` fetches it again."""

    def __init__(self, api: Api, message: RunMessage) -> None:
        self._api = api
        self._set(message)

    def _set(self, message: RunMessage) -> None:
        self._message = message
        self.config: dict[str, Any] = decode_deep(message.config)
        self.summary: dict[str, Any] = decode_deep(message.summary)

    @property
    def id(self) -> str:
        """Unique in its project."""
        return self._message.id

    @property
    def name(self) -> str:
        """Display name."""
        return self._message.name

    @property
    def entity(self) -> str:
        """User or team."""
        return self._message.entity

    @property
    def project(self) -> str:
        """Name of the project."""
        return self._message.project

    @property
    def path(self) -> list[str]:
        """Entity, project and id."""
        return [self.entity, self.project, self.id]

    @property
    def url(self) -> str:
        """Address of the run's page."""
        return self._api.page(self._message.url)

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``crashed``, ``killed``, ...; ``reason`` says why."""
        return self._message.state

    @property
    def reason(self) -> str:
        """Why it is in that state; empty while there is nothing to say."""
        return self._message.reason

    @property
    def tags(self) -> list[str]:
        """Tags given at ``init``."""
        return self._message.tags

    @property
    def notes(self) -> str | None:
        """Notes given at ``init``."""
        return self._message.notes

    @property
    def group(self) -> str | None:
        """Group given at ``init``."""
        return self._message.group

    @property
    def job_type(self) -> str | None:
        """Job type given at ``init``."""
        return self._message.job_type

    @property
    def created_at(self) -> str:
        """UTC, as ``2026-01-31T12:00:00Z``."""
        return iso_time(self._message.created)

    @property
    def duration(self) -> float:
        """Seconds from start to end, or until now."""
        return self._message.duration

    @property
    def exit_code(self) -> int | None:
        """Of its process; None while it runs."""
        return self._message.exit_code

    @property
    def sweep(self) -> Sweep | None:
        """The sweep that it belongs to."""
        return self._api.sweep(self._message.sweep_id) if self._message.sweep_id else None

    @property
    def sweep_name(self) -> str | None:
        """The id of its sweep."""
        return self._message.sweep_id

    def history(
        self, samples: int = 500, keys: Sequence[str] | None = None, pandas: bool = True, x_axis: str = "_step"
    ) -> Any:
        """At most ``samples`` rows of what was logged, evenly spread, the first and the last among them.

        Args:
            samples: Largest number of rows.
            keys: Only rows with all these metrics, and only these; default all.
            pandas: Return a DataFrame where pandas is installed, else a list of dicts.
            x_axis: Kept beside ``keys`` as the first column.
        """
        wanted = None if keys is None else [x_axis, *(key for key in keys if key != x_axis)]
        rows = sample(self.scan_history(wanted), samples)
        if pandas:
            with contextlib.suppress(ImportError):
                return importlib.import_module("pandas").DataFrame(rows)  # optional, and slow to load
        return rows

    def scan_history(
        self,
        keys: Sequence[str] | None = None,
        page_size: int = 1000,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every logged row in order, fetched page by page.

        Args:
            keys: Only rows with all these metrics, and only these; default all.
            page_size: Rows per request.
            min_step: First step wanted.
            max_step: The step before which to stop.
        """
        return scan(self._api.connection, self._route, keys, page_size, min_step, max_step)

    def stop(self) -> None:
        """Asks the run to end: its process gets SIGTERM from its agent."""
        self._set(self._api.connection.request("POST", f"{self._route}/stop", reply=RunMessage))

    def delete(self) -> None:
        """Deletes the run and all that it logged. A grid point becomes free again."""
        self._api.connection.request("DELETE", self._route)

    def load(self, force: bool = False) -> None:  # noqa: ARG002  W&B's signature; a run is fetched when it is made
        """Fetches the run again."""
        self._set(find_run(self._api.connection, *self.path))

    @property
    def _route(self) -> str:
        return f"{project_route(self.entity, self.project)}/runs/{segment(self.id)}"

    def __repr__(self) -> str:
        return f"<Run {'/'.join(self.path)} ({self.state})>"
