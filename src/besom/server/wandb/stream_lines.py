"""What a file-stream post says: history, load of the machine, printed lines, summary, how the run ended. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Annotated, Any

import msgspec

from besom.protocol import UNREADABLE, ExitRecord, HistoryRecord, SystemRecord, mark_numbers
from besom.server.services.lines import Lines
from besom.server.services.refusals import Invalid
from besom.server.services.report import Report, finite_numbers
from besom.server.wandb.run_summary import read_summary
from besom.server.wandb.scalars import LARGEST_INT, read_json

HISTORY, EVENTS, OUTPUT, SUMMARY = "wandb-history.jsonl", "wandb-events.jsonl", "output.log", "wandb-summary.json"
_LOAD = "system."
"""Names of system metrics begin so; besom's own are without it."""
_LARGEST = 2**53
"""Of steps: what JSON readers and 64-bit columns hold exactly."""
_LATE = 60.0
"""Seconds; rows and system metrics of a program that is connected come sooner."""
_PLAIN_LINE = re.compile(r"(ERROR )?(\d{4}-\d\d-\d\dT[0-9:.]+) ?(.*)", re.DOTALL)


class File(msgspec.Struct):
    """Consecutive lines of a file, the first of which is line ``offset``."""

    offset: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_INT)] = 0
    content: list[str] = []


class Post(msgspec.Struct):
    """The body of a post."""

    files: dict[str, File] = {}
    preempting: bool | None = None
    complete: bool | None = None
    exitcode: int | None = None


_read_post = msgspec.json.Decoder(Post).decode
_read_value = msgspec.json.Decoder().decode


def read_lines(body: bytes, now: float) -> Lines:
    """What a post says, and where its lines stand.

    Raises:
        Invalid: it, or a line in it, cannot be read.
    """
    try:
        post = _read_post(body)
    except UNREADABLE as error:
        raise Invalid("bad_post", f"The post cannot be read: {error}.") from None
    history, events = post.files.get(HISTORY, File()), post.files.get(EVENTS, File())
    says = bool(post.files or post.preempting or post.complete)
    report = Report(size=len(body) if says else 0, preempting=bool(post.preempting))
    for number, line in enumerate(history.content, history.offset):
        report.rows.append(_row(line, number, now))
    if report.rows and (runtime := _number(report.rows[0].data.get("_runtime"))) is not None:
        report.started = report.rows[0].time - runtime
    report.samples = [_sample(line, now) for line in events.content]
    printed = post.files.get(OUTPUT, File())
    for number, line in enumerate(printed.content, printed.offset):
        report.print_line(number, *_printed(line, now))
    if (summary := post.files.get(SUMMARY)) is not None and summary.content:
        report.summary = read_summary(_object(summary.content[-1]))
        report.by_hand = [report.summary]
        report.whole = frozenset({"summary"})
    if post.complete:
        code = max(-LARGEST_INT, min(post.exitcode or 0, LARGEST_INT))
        report.exit = ExitRecord(code=code, time=_end(report, now))
    return Lines(report, history.offset, events.offset)


def _end(report: Report, now: float) -> float:
    """When the program ended, which the client does not say: just now, unless all that comes with it is old."""
    told = [*(row.time for row in report.rows), *(sample.time for sample in report.samples)]
    latest = max(told, default=now)
    return latest if latest < now - _LATE else now


def _row(line: str, number: int, now: float) -> HistoryRecord:
    data = _object(line)
    time, step = _number(data.pop("_timestamp", now)), data.pop("_step", number)
    if not isinstance(step, int) or abs(step) > _LARGEST:
        raise Invalid("bad_step", f"Row {number} of the history has the step {step!r}; at most 2^53 can be kept.")
    return HistoryRecord(step=step, time=now if time is None else time, data=data)


def _sample(line: str, now: float) -> SystemRecord:
    row = _object(line)
    time = _number(row.get("_timestamp", now))
    load = {key.removeprefix(_LOAD): _number(value) for key, value in row.items() if key.startswith(_LOAD)}
    told = {key: value for key, value in load.items() if value is not None}
    return SystemRecord(time=now if time is None else time, data=told)


def _printed(line: str, now: float) -> tuple[float, str, str | None]:
    """Time, text and level of a line of the console: JSON with all of them, or text that begins with two of them."""
    told = _printed_object(line)
    if told is not None:
        level = told.get("level")
        return _seconds(told.get("ts"), now), str(told.get("content", "")), level if isinstance(level, str) else None
    found = _PLAIN_LINE.fullmatch(line)
    if found is None:
        return now, line, None
    return _seconds(found[2], now), found[3], "error" if found[1] else None


def _printed_object(line: str) -> dict[str, Any] | None:
    """None where the line is what a program printed itself."""
    try:
        return _object(line) if line.startswith("{") else None
    except Invalid:
        return None


def _number(value: object) -> float | None:
    found = finite_numbers([value])
    return found[0] if found else None


def _seconds(text: object, now: float) -> float:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return now


def _object(line: str) -> dict[str, Any]:
    try:
        value = _value(line)
    except RecursionError:
        raise Invalid("bad_line", f"A line of the post is nested too deeply: {line[:80]}") from None
    if not isinstance(value, dict):
        raise Invalid("bad_line", f"A line of the post is no JSON object: {line[:80]}")
    return value


def _value(line: str) -> Any:
    try:
        return _read_value(line)
    except msgspec.DecodeError:  # NaN and infinities stand bare in it
        return mark_numbers(read_json(line))
