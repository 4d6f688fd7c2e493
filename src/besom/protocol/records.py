"""The records of a run's spool: one JSON line each, told apart by "type". The stream takes them as they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from besom.protocol.artifacts import NewArtifact
from besom.protocol.base import Message
from besom.protocol.runs import NewRun, RunLabels


class Record(Message, tag_field="type"):
    """A line of a run's spool."""


class InitRecord(Record, kw_only=True, tag="init"):
    """Always the first line: all that ``besom sync`` needs to create the run."""

    run: NewRun
    entity: str | None = None
    """None until a server has said which entity is the caller's."""
    project: str


class HistoryRecord(Record, kw_only=True, tag="history"):
    """One ``log()`` call."""

    step: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    """Within what JSON readers and 64-bit columns hold exactly."""
    time: float
    data: dict[str, Any]


class SummaryRecord(Record, kw_only=True, tag="summary"):
    """Values set on ``run.summary`` by hand; they win over the last logged value until that key is logged again."""

    data: dict[str, Any]


class ConfigRecord(Record, kw_only=True, tag="config"):
    """Keys of ``run.config`` that were added or changed."""

    data: dict[str, Any]


class MetricRecord(Record, kw_only=True, tag="metric"):
    """How a metric is summarised and against what it is drawn: one ``define_metric()`` call."""

    name: str
    """A key, or a pattern that ends in ``*``."""
    step_metric: str | None = None
    """The key that is its x axis."""
    summary: list[Literal["min", "max", "mean", "first", "last", "best", "none"]] = []
    """Aggregates kept in the summary, at ``summary[name][kind]``; empty for the last value, at ``summary[name]``."""
    goal: Literal["minimize", "maximize"] | None = None
    """What ``best`` means."""
    hidden: bool = False


class OutputRecord(Record, kw_only=True, tag="output"):
    """Lines that the program printed. Lines sent before under the same number are replaced: so do progress bars."""

    line: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    """Number of the first of them."""
    lines: list[str]
    time: float


class SystemRecord(Record, kw_only=True, tag="system"):
    """Load of the machine and of the process at one time, e.g. ``cpu``, ``memory``, ``gpu.0.memory``."""

    time: float
    data: dict[str, float]


class LabelsRecord(Record, kw_only=True, tag="labels"):
    """The program changed its run's name, notes, tags, group or job type."""

    labels: RunLabels


class AboutRecord(Record, kw_only=True, tag="about"):
    """Facts about the program and the machine: command, git state, versions, hardware. Merged key by key."""

    data: dict[str, Any]


class AlertRecord(Record, kw_only=True, tag="alert"):
    """The program wants a person to know."""

    title: str
    text: str
    level: Literal["INFO", "WARN", "ERROR"] = "INFO"
    time: float


class FileRecord(Record, kw_only=True, tag="file"):
    """A file of the run. Its bytes travel by themselves (``PUT .../blobs/DIGEST``), earlier or later than this line."""

    path: str
    """Relative, with forward slashes, below the run's files. The same path again replaces the file."""
    digest: str
    """SHA-256, 64 hexadecimal digits."""
    size: int


class ArtifactRecord(Record, kw_only=True, tag="artifact"):
    """A version of an artifact that the run made."""

    artifact: NewArtifact


class PreemptingRecord(Record, kw_only=True, tag="preempting"):
    """The machine is about to be taken away: a non-zero exit code from now on means *preempted*."""

    time: float


class ExitRecord(Record, kw_only=True, tag="exit"):
    """The run ended by itself; 0 is success."""

    code: int
    time: float


SpoolRecord = (
    InitRecord
    | HistoryRecord
    | SummaryRecord
    | ConfigRecord
    | MetricRecord
    | OutputRecord
    | SystemRecord
    | LabelsRecord
    | AboutRecord
    | AlertRecord
    | FileRecord
    | ArtifactRecord
    | PreemptingRecord
    | ExitRecord
)
