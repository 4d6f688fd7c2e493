"""A run as a Python object."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from besom.client.artifacts import Artifact
from besom.client.connection import segment
from besom.client.files import File
from besom.client.history import check_keys, sample, scan, system_rows
from besom.client.lookup import find_run, project_route
from besom.client.numbers import decode_deep
from besom.client.resource import Resource
from besom.client.run_changes import is_empty, run_change
from besom.client.run_summary import RunSummary
from besom.client.times import iso_time
from besom.errors import CommError, NotFound, UsageError
from besom.protocol import ArtifactPage, FilePage, OutputPage, RunDetails, StopRecord, SystemPage
from besom.protocol import Run as RunMessage

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.sweeps import Sweep

ENDED = frozenset({"finished", "failed", "crashed", "killed", "preempted"})
POLL_SECONDS = 1.0


class Run(Resource):
    """A run on the server, as it was when it was fetched; ``load`` fetches it again.

    ``name``, ``notes``, ``tags``, ``group``, ``job_type``, ``config`` and ``summary`` can be changed; ``update()``
    sends what was changed.
    """

    _message: RunMessage

    def __init__(self, api: Api, message: RunMessage, sweep: Sweep | None = None) -> None:
        super().__init__(api, message)
        self._sweep = sweep
        self._set(message)

    def _set(self, message: RunMessage) -> None:
        self._message = message
        self._name = message.name
        self.notes = message.notes
        """For people."""
        self.tags = list(message.tags)
        """Words by which runs are found."""
        self.group = message.group
        """What it is part of, e.g. a cross-validation."""
        self.job_type = message.job_type
        """What it does there, e.g. ``train`` or ``evaluate``."""
        self.config: dict[str, Any] = decode_deep(message.config)
        """Its hyperparameters and other settings."""
        self.summary = RunSummary(self, decode_deep(message.summary))
        """The last value of each metric, or its aggregates."""

    @property
    def message(self) -> RunMessage:
        """All that the API tells of it."""
        return self._message

    @property
    def name(self) -> str:
        """Display name."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``crashed``, ``killed``, ...; ``reason`` says why."""
        return self._message.state

    @property
    def reason(self) -> str:
        """Why it is in that state; empty while there is nothing to say."""
        return self._message.reason

    @property
    def creator(self) -> str | None:
        """Who began it; None until it has begun."""
        return self._message.creator

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
    def best(self) -> float | None:
        """The number that it counts with in its sweep: the best value of the metric at any step, unless ``metric.use``
        names another."""
        return self._message.best

    @property
    def why(self) -> dict[str, Any] | None:
        """How its sweep came to its point, e.g. ``kind`` and ``reason``, a sentence; None outside a sweep."""
        return self._message.why

    @property
    def stopped(self) -> StopRecord | None:
        """The decision of early stopping that ended it, e.g. its ``rule`` and ``threshold``; None for other ends."""
        return self._message.stopped

    @property
    def lastHistoryStep(self) -> int:
        """The last step that it logged; -1 before the first."""
        return self._message.steps - 1

    @property
    def sweep(self) -> Sweep | None:
        """The sweep that it belongs to."""
        if self._sweep is None and self._message.sweep_id:
            self._sweep = self._api.sweep(self._message.sweep_id)
        return self._sweep

    @property
    def sweep_name(self) -> str | None:
        """The id of its sweep."""
        return self._message.sweep_id

    @property
    def metadata(self) -> dict[str, Any]:
        """Facts about its program and machine: command, git state, versions, hardware."""
        details = self._api.connection.request("GET", f"{self._route}/details", reply=RunDetails)
        about: dict[str, Any] = decode_deep(details.about)
        return about

    def update(self) -> None:
        """Sends what was changed on this object.

        Raises:
            ApiError: the server refuses, e.g. another value for a parameter that the run's sweep handed out.
            UsageError: a key of ``config`` or ``summary`` was deleted.
        """
        change = run_change(
            self._message,
            name=self.name,
            notes=self.notes,
            tags=self.tags,
            group=self.group,
            job_type=self.job_type,
            config=self.config,
            summary=self.summary,
        )
        if not is_empty(change):
            self._set(self._api.connection.request("PATCH", self._route, body=change, reply=RunMessage))

    def history(
        self,
        samples: int = 500,
        keys: Sequence[str] | None = None,
        x_axis: str = "_step",
        pandas: bool = True,
        stream: str = "default",
    ) -> Any:
        """At most ``samples`` rows of what was logged, evenly spread, the first and the last among them.

        Args:
            samples: Largest number of rows.
            keys: Only rows with all these metrics, and only these; default all.
            x_axis: Kept beside ``keys`` as the first column.
            pandas: Return a DataFrame where pandas is installed, else a list of dicts.
            stream: ``default``, or ``system`` for the load of the machine.

        Raises:
            UsageError: there is no such stream, or ``keys`` is no list.
        """
        check_keys(keys)
        if stream not in ("default", "system"):
            raise UsageError(f"A run has no stream {stream!r}.", "Use 'default' or 'system'.")
        if stream == "system":
            rows = sample(system_rows(self._system(samples), keys), samples)
        else:
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

        Raises:
            UsageError: ``keys`` is no list.
        """
        check_keys(keys)
        return scan(self._api.connection, self._route, keys, page_size, min_step, max_step)

    @property
    def system_metrics(self) -> dict[str, float]:
        """The latest load of its machine, e.g. ``cpu``, ``gpu.0.memory``."""
        return {curve.key: curve.values[-1] for curve in self._system(2).curves if curve.values}

    def _system(self, points: int) -> SystemPage:
        query = {"points": max(points, 2)}
        return self._api.connection.request("GET", f"{self._route}/system", query=query, reply=SystemPage)

    def output(self) -> Iterator[str]:
        """The lines that its program has printed so far."""
        after = 0
        while True:
            query = {"after": after}
            page = self._api.connection.request("GET", f"{self._route}/output", query=query, reply=OutputPage)
            yield from (line.text for line in page.lines)
            if not page.lines or page.next >= page.total:
                return
            after = page.next

    def files(self, names: Sequence[str] | None = None) -> list[File]:
        """Its files whose bytes have arrived, by path.

        Args:
            names: Only these.
        """
        page = self._api.connection.request("GET", f"{self._route}/files", reply=FilePage)
        project = project_route(self.entity, self.project)
        return [
            File(self._api.connection, project, found.path, found.digest, found.size)
            for found in page.files
            if found.present and (names is None or found.path in names)
        ]

    def file(self, name: str) -> File:
        """The file with that path.

        Raises:
            NotFound: there is none.
        """
        for found in self.files([name]):
            return found
        raise NotFound(f"The run {self.id} has no file {name!r}.", status=404, code="not_found")

    def upload_file(self, path: str | Path, root: str | Path = ".") -> File:
        """Adds a file to the run, or replaces one, under its path below ``root``.

        Raises:
            UsageError: there is no such file, or it lies outside of ``root``.
            ApiError: the server refuses it, e.g. because it is too large.
        """
        from besom.client.upload import upload_run_file  # reads the whole file

        return upload_run_file(self._api.connection, project_route(self.entity, self.project), self.id, path, root)

    def logged_artifacts(self) -> list[Artifact]:
        """Versions of artifacts that it made, the newest first."""
        page = self._api.connection.request("GET", f"{self._route}/artifacts", reply=ArtifactPage)
        return [Artifact(self._api.connection, message) for message in page.artifacts]

    def wait_until_finished(self, timeout: float | None = None) -> None:
        """Returns when the run has ended, however.

        Args:
            timeout: Longest time to wait, in seconds; default for ever.

        Raises:
            CommError: it goes on after ``timeout``.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.load().state not in ENDED:
            if deadline is not None and time.monotonic() > deadline:
                raise CommError(f"The run {self.id} is {self.state} after {timeout:g} s.", "Wait longer, or stop() it.")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Asks the run to end: its process gets SIGTERM from its agent."""
        self._set(self._api.connection.request("POST", f"{self._route}/stop", reply=RunMessage))

    def delete(self) -> None:
        """Deletes the run and all that it logged. A grid point becomes free again."""
        self._api.connection.request("DELETE", self._route)

    def load(self, force: bool = True) -> Run:  # noqa: ARG002  W&B's signature
        """Fetches the run again; what was changed here and not sent is lost."""
        self._set(find_run(self._api.connection, self.entity, self.project, self.id))
        return self

    @property
    def _route(self) -> str:
        return f"{project_route(self.entity, self.project)}/runs/{segment(self.id)}"

    def __repr__(self) -> str:
        return f"<Run {self.entity}/{self.project}/{self.id} ({self.state})>"
