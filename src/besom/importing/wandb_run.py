"""A run of a W&B server, as the records of besom's own programs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from besom.errors import UsageError
from besom.importing.artifacts import FoundArtifact
from besom.importing.rows import UNREADABLE, numbers_of, read_step, read_time
from besom.importing.wandb_export import UNFINISHED
from besom.protocol import (
    AboutRecord,
    ExitRecord,
    HistoryRecord,
    InitRecord,
    LoggedChart,
    NewRun,
    OutputRecord,
    Reference,
    SpoolRecord,
    SummaryRecord,
    SystemRecord,
    mark_numbers,
)
from besom.protocol.logged_charts import charts_of, with_charts

_EXIT_CODES = {"finished": 0, "failed": 1, "killed": 1}
"""By state; runs in other states fell silent."""
_INTERNAL = {"_wandb", "_runtime", "_step", "_timestamp"}
"""Keys of a summary that the client keeps up itself."""
_FACTS = ("os", "python", "host", "executable", "program", "args", "git", "cpu_count", "gpu", "gpu_count")
_LINES = 1000
"""Of the output, in one record."""


@dataclass
class FoundRun:
    """A run, as far as it was told."""

    about: dict[str, Any]
    logged: list[SpoolRecord] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    artifacts: list[FoundArtifact] = field(default_factory=list)
    last: float = 0.0
    """When it last logged something."""
    _unreadable: str | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.about["id"])

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.about["state"] not in UNFINISHED

    @property
    def was_stopped(self) -> bool:
        """Whether it ended because it was told to."""
        return bool(self.about["state"] == "killed")

    def take(self, said: dict[str, Any]) -> None:
        """One more thing about it; what cannot be read is told of with its records."""
        try:
            self._take(said)
        except UNREADABLE as error:
            what = f"Row {len(self.logged) + 1} of what it has logged" if "summary" not in said else "Its summary"
            self._unreadable = self._unreadable or f"{what} cannot be read: {error}."

    def _take(self, said: dict[str, Any]) -> None:
        if "row" in said:
            row = said["row"]
            self.last = max(self.last, self._time_of(row.pop("_timestamp", None)))
            step = read_step(row.pop("_step", len(self.logged)))
            data = mark_numbers(with_charts(row, self._charts))
            self.logged.append(HistoryRecord(step=step, time=self.last, data=data))
        elif "load" in said:
            moment = self._time_of(said["load"].get("_timestamp"))
            load = {key.removeprefix("system."): value for key, value in said["load"].items() if key[0] != "_"}
            self.logged.append(SystemRecord(time=moment, data=numbers_of(load)))
        elif "summary" in said:
            self.summary = mark_numbers(with_charts(said["summary"], self._charts))
        elif "file" in said:
            self.files[said["file"]] = Path(said["path"])
        elif "artifact" in said:
            told = said["artifact"]
            files = {path: Path(place) for path, place in told.pop("files").items()}
            references = [Reference(**reference) for reference in told.pop("references")]
            self.artifacts.append(FoundArtifact(**told, files=files, references=references))

    @cached_property
    def _charts(self) -> dict[str, LoggedChart]:
        """How its tables are drawn, by their keys."""
        return charts_of(self.about.get("client") or {})

    def _time_of(self, stamp: Any) -> float:
        return self.last if stamp is None else read_time(stamp)

    def records(self, entity: str | None, project: str, sweep_id: str | None) -> list[SpoolRecord]:
        """The run's spool. Its identity follows from its content, so a run that has changed since has another one.

        Raises:
            UsageError: something of it cannot be read.
        """
        if self._unreadable is not None:
            raise UsageError(self._unreadable)
        about, facts = self.about, self.about["facts"]
        started = _seconds(about["created"])
        run = NewRun(
            id=self.id,
            sweep_id=sweep_id,
            name=about["name"],
            config=mark_numbers(about["config"]),
            tags=about["tags"],
            notes=about["notes"] or None,
            group=about["group"] or None,
            job_type=about["job_type"] or None,
            host=facts.get("host"),
            program=facts.get("program"),
            started=started,
        )
        rest: list[SpoolRecord] = [
            AboutRecord(data={"wandb": about["url"], **{name: facts[name] for name in _FACTS if facts.get(name)}}),
            *self.logged,
            SummaryRecord(data=self._summary_by_hand()),
            *self._output(),
        ]
        if about["state"] in _EXIT_CODES:
            rest.append(ExitRecord(code=_EXIT_CODES[about["state"]], time=self.last or started))
        first = InitRecord(run=run, entity=entity, project=project)
        records: list[SpoolRecord] = [first, *rest]
        content = hashlib.sha256()
        for record in records:
            content.update(msgspec.json.encode(record) + b"\n")
        run.spool = content.hexdigest()[:32]
        return records

    def _summary_by_hand(self) -> dict[str, Any]:
        """What of the summary is not the last value of a row."""
        last: dict[str, Any] = {}
        for record in self.logged:
            if isinstance(record, HistoryRecord):
                last |= record.data
        return {key: value for key, value in self.summary.items() if key not in _INTERNAL and last.get(key) != value}

    def _output(self) -> list[SpoolRecord]:
        log = self.files.get("output.log")
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log and log.is_file() else []
        starts = range(0, len(lines), _LINES)
        return [OutputRecord(line=start, lines=lines[start : start + _LINES], time=self.last) for start in starts]


def _seconds(stamp: str) -> float:
    """Seconds since 1970 of a time as the server writes it: in UTC, with a Z, an offset or nothing behind it."""
    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
