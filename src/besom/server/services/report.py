"""What one piece of a spool says, told from its bytes. Pure."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from besom.protocol import (
    UNREADABLE,
    AboutRecord,
    AlertRecord,
    ArtifactRecord,
    ConfigRecord,
    ExitRecord,
    FileRecord,
    HistoryRecord,
    LabelsRecord,
    MetricRecord,
    OutputRecord,
    PreemptingRecord,
    RunLabels,
    SpoolRecord,
    SummaryRecord,
    SystemRecord,
)
from besom.server.services.artifact_checks import Checked, checked
from besom.server.services.dotted import value_of
from besom.server.services.refusals import Invalid, TooLarge
from besom.server.store.output import Printed

Whole = frozenset[Literal["config", "summary"]]
LARGEST_PIECE = 64 * 2**20
"""Bytes of one request once unpacked; a line alone may have 16 MiB."""

_BLOCK = 1 << 18
"""Bytes that are decoded at a time: meanwhile no other thread runs."""

_decoder = msgspec.json.Decoder(SpoolRecord)


@dataclass(slots=True)
class Report:
    """The records of some whole lines, put together."""

    size: int
    """Bytes of these lines."""
    records: Sequence[SpoolRecord] = ()
    """All of them, in their order."""
    rows: list[HistoryRecord] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    """The last value of each key, logged or set by hand, whichever came later."""
    by_hand: list[dict[str, Any]] = field(default_factory=list)
    """What was set on the summary, not logged."""
    config: dict[str, Any] = field(default_factory=dict)
    whole: Whole = frozenset()
    """What the report holds all of, and not only what is new."""
    output: dict[int, Printed] = field(default_factory=dict)
    """By line number: what stands there last."""
    samples: list[SystemRecord] = field(default_factory=list)
    metrics: list[MetricRecord] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] | None = None
    """What the program's client keeps with the run for itself, where that is another one than besom's."""
    started: float | None = None
    """When the program began, where it says so late."""
    labels: list[RunLabels] = field(default_factory=list)
    alerts: list[AlertRecord] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    artifacts: list[Checked | Invalid] = field(default_factory=list)
    """Versions, and why those that cannot be made cannot."""
    preempting: bool = False
    exit: ExitRecord | None = None
    damaged: list[int] = field(default_factory=list)
    """Bytes of each line that is no JSON object: what a disk left that lost its power."""

    def print_line(self, number: int, time: float, text: str, level: str | None = None) -> None:
        """A line was printed, or printed anew."""
        self.output[number] = Printed(time, text, level)

    def values(self, metric: str) -> list[float]:
        """The metric's finite numbers that were logged, oldest first."""
        return finite_numbers(value_of(row.data, metric) for row in self.rows)

    def values_by_hand(self, metric: str) -> list[float]:
        """The metric's finite numbers that were set on the summary."""
        return [number for data in self.by_hand for number in summary_numbers(data, metric)]


def read_report(spool: bytes, before: int = 0) -> Report:
    """Reads the whole lines of a piece of spool; what follows the last line end is left for the next piece.

    A line that is no JSON object is passed over, and counted: no program writes one, and nobody can mend it.

    Args:
        spool: The piece, or a portion of it.
        before: How many lines of the piece come before the portion.

    Raises:
        Invalid: a line is an object and no record; names the line, counted in the piece.
    """
    size = spool.rfind(b"\n") + 1
    whole = spool[:size]
    try:
        report = Report(size, _decoded(whole))
    except UNREADABLE:
        report = _line_by_line(whole, before)
    for record in report.records:
        match record:  # the most frequent first
            case HistoryRecord():
                report.rows.append(record)
                report.summary.update(record.data)
                report.summary["_step"] = record.step
                report.summary["_timestamp"] = record.time
            case SummaryRecord():
                report.summary.update(record.data)
                report.by_hand.append(record.data)
            case ConfigRecord():
                report.config.update(record.data)
            case OutputRecord():
                for number, text in enumerate(record.lines, record.line):
                    report.print_line(number, record.time, text)
            case _:
                _note(report, record)
    return report


def _decoded(lines: bytes) -> list[SpoolRecord]:
    records: list[SpoolRecord] = []
    begin = 0
    while begin < len(lines):
        end = lines.find(b"\n", begin + _BLOCK) + 1 or len(lines)
        records += _decoder.decode_lines(lines[begin:end])
        begin = end
    return records


def _note(report: Report, record: SpoolRecord) -> None:
    match record:
        case SystemRecord():
            report.samples.append(record)
        case FileRecord():
            report.files.append(record)
        case ArtifactRecord():
            report.artifacts.append(_artifact(record))
        case MetricRecord():
            report.metrics.append(record)
        case AboutRecord():
            report.about.update(record.data)
        case LabelsRecord():
            report.labels.append(record.labels)
        case AlertRecord():
            report.alerts.append(record)
        case PreemptingRecord():
            report.preempting = True
        case ExitRecord():
            report.exit = record
        # An InitRecord says nothing new: the run was made from it.


def _artifact(record: ArtifactRecord) -> Checked | Invalid:
    try:
        return checked(record.artifact)
    except Invalid as refusal:
        return refusal


def unpack(body: bytes, limit: int = LARGEST_PIECE) -> bytes:
    """The contents of a gzip body.

    Raises:
        Invalid: it is not gzip, or ends too early.
        TooLarge: it unpacks to more than ``limit`` bytes.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Invalid("bad_gzip", f"The body says it is gzip and cannot be unpacked: {error}.") from None
    if len(data) > limit:
        raise TooLarge(
            "too_large",
            f"The piece of spool unpacks to more than {limit // 2**20} MiB.",
            "Send it in smaller pieces.",
        )
    if not unpacker.eof:
        raise Invalid("bad_gzip", "The body says it is gzip and ends before its end.")
    return data


def summary_numbers(summary: Mapping[str, Any], metric: str) -> list[float]:
    """The metric's finite number in a summary, if any; of several aggregates the one that says most of the run."""
    value = value_of(summary, metric)
    if isinstance(value, Mapping):
        value = next((value[kind] for kind in ("best", "min", "max", "last", "mean", "first") if kind in value), None)
    return finite_numbers([value])


def finite_numbers(values: Iterable[object]) -> list[float]:
    """Those of some logged values that count for the metric; a boolean does not."""
    return [number for value in values if (number := _finite(value)) is not None]


def _finite(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # an integer beyond what floats reach
        return None


def _line_by_line(whole: bytes, before: int) -> Report:
    records: list[SpoolRecord] = []
    damaged: list[int] = []
    for number, line in enumerate(whole.split(b"\n")[:-1], before + 1):
        try:
            records.append(_decoder.decode(line))
        except UNREADABLE as error:
            if not line.strip():
                continue
            if _is_object(line):
                raise Invalid(
                    "bad_line",
                    f"Line {number} of this piece of spool is no record: {error}.",
                    "Each line is a JSON object with a known type and the fields of that type.",
                    field=f"line {number}",
                ) from None
            damaged.append(len(line) + 1)
    return Report(len(whole), records, damaged=damaged)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except UNREADABLE:
        return False
