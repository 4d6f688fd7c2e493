"""An offline run of W&B's client, record by record, as the records of besom's own programs.

What a record becomes follows from it and those before it alone. So the file of a run that goes on, or that was killed,
gives the same beginning each time.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from besom.client.settings import DEFAULT_PROJECT
from besom.errors import UsageError
from besom.importing.framing import read_records
from besom.importing.protobuf import Message
from besom.importing.rows import UNREADABLE, numbers_of, read_step, read_time
from besom.protocol import (
    AboutRecord,
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    HistoryRecord,
    InitRecord,
    LabelsRecord,
    MetricRecord,
    NewRun,
    OutputRecord,
    PreemptingRecord,
    RunLabels,
    SpoolRecord,
    SummaryRecord,
    SystemRecord,
    mark_numbers,
)
from besom.protocol.foreign import read_foreign
from besom.protocol.logged_charts import charts_of, with_charts
from besom.sdk.capture.screen import Screen

_HISTORY, _SUMMARY, _RUN = 2, 3, 17
"""Fields of the message that a record is."""
_INTERNAL = {"_wandb", "_runtime", "_step", "_timestamp"}
"""Keys of a summary that the client keeps up itself."""
_KINDS: dict[int, Literal["min", "max", "mean", "best", "last", "none", "first"]] = {
    1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 8: "first",
}  # fmt: skip
_GOALS: dict[int, Literal["minimize", "maximize"]] = {1: "minimize", 2: "maximize"}
_LEVELS: dict[str, Literal["INFO", "WARN", "ERROR"]] = {"WARN": "WARN", "ERROR": "ERROR"}
_FACTS = {1: "os", 2: "python", 6: "program", 12: "host", 14: "executable", 18: "gpu"}


def read_run(path: Path, project: str | None = None, entity: str | None = None) -> Iterator[SpoolRecord]:
    """The records of a run: first its beginning, at last its end, if it had one.

    Args:
        path: the run's file, ``run-ID.wandb``.
        project: instead of the one that the run was made for.
        entity: None for the caller's own.

    Raises:
        UsageError: the file holds no run.
    """
    run: _Run | None = None
    for number, data in enumerate(read_records(path), 1):
        try:
            record = Message(data)
            if run is not None:
                yield from run.take(record)
            elif _RUN in record:
                run = _Run(record.message(_RUN), project, entity)
                yield run.first
        except UNREADABLE as error:
            raise UsageError(f"Record {number} of {path} cannot be read: {error}.") from None
    if run is None:
        raise UsageError(f"{path} holds no run.", "Its program was killed before W&B's client had written anything.")


class _Run:
    """What is known of the run so far."""

    def __init__(self, begun: Message, project: str | None, entity: str | None) -> None:
        self._config: dict[str, Any] = {}
        for item in begun.message(4).messages(1):
            _put(self._config, item)
        self._charts = charts_of(_own(self._config))
        """Told of before the tables that they draw."""
        self._labels = _labels(begun)
        self._time = self._started = _time(begun.message(17))
        self._screen = Screen()
        self._pending: dict[str, Any] = {}
        """Values of the summary, until the next record says whether a row brought them."""
        name = begun.text(1)
        labels = {key: value for key, value in _fields_of(self._labels).items() if value}
        about = NewRun(
            id=name,
            config=mark_numbers(self._config),
            host=begun.text(13) or None,
            started=self._started,
            spool=hashlib.sha256(f"wandb {name} {self._started}".encode()).hexdigest()[:32],
            resume="allow" if begun.number(18) or begun.number(24) else None,
            **labels,
        )
        self.first = InitRecord(run=about, entity=entity, project=project or begun.text(3) or DEFAULT_PROJECT)

    def take(self, record: Message) -> Iterator[SpoolRecord]:
        """The records that one becomes."""
        if _SUMMARY in record:
            for item in record.message(_SUMMARY).messages(1):
                _put(self._pending, item)
        elif _HISTORY in record:
            yield from self._row(record.message(_HISTORY))
        else:
            yield from self._summary_by_hand({})
            for number, take in _OTHERS.items():
                if number in record:
                    yield from take(self, record.message(number))

    def _row(self, history: Message) -> Iterator[SpoolRecord]:
        row: dict[str, Any] = {}
        for item in history.messages(1):
            _put(row, item)
        yield from self._summary_by_hand(row)
        self._time = read_time(row.pop("_timestamp", self._time))
        step = read_step(row.pop("_step", history.message(2).number(1)))
        yield HistoryRecord(step=step, time=self._time, data=mark_numbers(with_charts(row, self._charts)))

    def _summary_by_hand(self, row: dict[str, Any]) -> Iterator[SpoolRecord]:
        """What of the summary no row brought."""
        pending, self._pending = self._pending, {}
        by_hand = {key: value for key, value in pending.items() if key not in row and key not in _INTERNAL}
        if by_hand:
            yield SummaryRecord(data=mark_numbers(with_charts(by_hand, self._charts)))

    def output(self, printed: Message) -> Iterator[SpoolRecord]:
        """The program printed something: lines come when they are whole."""
        self._time = _time(printed.message(2)) or self._time
        self._screen.write(printed.text(3))
        if "\n" in printed.text(3):
            yield from self._printed()

    def _printed(self) -> Iterator[SpoolRecord]:
        rows = sorted(self._screen.changed)
        self._screen.changed.clear()
        for row in rows:
            yield OutputRecord(line=row, lines=[self._screen.text(row)], time=self._time)
        self._screen.retire()

    def config(self, changes: Message) -> Iterator[SpoolRecord]:
        """The configuration has changed."""
        new = copy.deepcopy(self._config)
        for item in changes.messages(1):
            _put(new, item)
        self._charts |= charts_of(_own(new))
        changed = {key: value for key, value in new.items() if self._config.get(key) != value}
        self._config |= changed
        if changed:
            yield ConfigRecord(data=mark_numbers(changed))

    def run(self, told: Message) -> Iterator[SpoolRecord]:
        """The run is described anew."""
        yield from self.config(told.message(4))
        labels = _labels(told)
        if labels != self._labels:
            self._labels = labels
            yield LabelsRecord(labels=labels)

    def metric(self, defined: Message) -> Iterator[SpoolRecord]:
        """``define_metric`` was called."""
        yield MetricRecord(
            name=defined.text(2) or defined.text(1),
            step_metric=defined.text(4) or None,
            summary=[kind for number, kind in _KINDS.items() if defined.message(7).number(number)],
            goal=_GOALS.get(defined.number(8)),
            hidden=bool(defined.message(6).number(2)),
        )

    def stats(self, sample: Message) -> Iterator[SpoolRecord]:
        """A look at the machine."""
        self._time = _time(sample.message(2)) or self._time
        values = {item.text(1): read_foreign(item.text(16)) for item in sample.messages(3)}
        yield SystemRecord(time=self._time, data=numbers_of(values))

    def alert(self, told: Message) -> Iterator[SpoolRecord]:
        """A person should know."""
        level = _LEVELS.get(told.text(3), "INFO")
        yield AlertRecord(title=told.text(1), text=told.text(2), level=level, time=self._time)

    def environment(self, told: Message) -> Iterator[SpoolRecord]:
        """Facts about program and machine."""
        facts: dict[str, Any] = {name: told.text(number) for number, name in _FACTS.items() if told.text(number)}
        if told.texts(5):
            facts["args"] = told.texts(5)
        if told.number(16):
            facts["cpu_count"] = told.number(16)
        if told.message(9).text(2):
            facts["git"] = {"remote": told.message(9).text(1), "commit": told.message(9).text(2)}
        if facts:
            yield AboutRecord(data=facts)

    def preempting(self, _: Message) -> Iterator[SpoolRecord]:
        """The machine is about to be taken away."""
        yield PreemptingRecord(time=self._time)

    def exit(self, end: Message) -> Iterator[SpoolRecord]:
        """The program has ended."""
        yield from self._printed()
        yield ExitRecord(code=end.number(1), time=max(self._time, self._started + end.number(2)))


_OTHERS: dict[int, Callable[[_Run, Message], Iterator[SpoolRecord]]] = {
    5: _Run.config,
    7: _Run.stats,
    10: _Run.alert,
    12: _Run.metric,
    13: _Run.output,
    17: _Run.run,
    18: _Run.exit,
    23: _Run.preempting,
    26: _Run.environment,
}
"""By the field of the message that a record is."""


def _labels(run: Message) -> RunLabels:
    return RunLabels(
        name=run.text(8) or None,
        notes=run.text(9) or None,
        tags=run.texts(10),
        group=run.text(6) or None,
        job_type=run.text(7) or None,
    )


def _fields_of(labels: RunLabels) -> dict[str, Any]:
    return {name: getattr(labels, name) for name in labels.__struct_fields__}


def _own(config: dict[str, Any]) -> dict[str, Any]:
    """What W&B's client keeps in a config for itself, which is taken out of it."""
    own = config.pop("_wandb", None)
    return own if isinstance(own, dict) else {}


def _put(target: dict[str, Any], item: Message) -> None:
    """Sets the value of an item; a path of several keys leads into dicts."""
    *path, last = item.texts(2) or [item.text(1)]
    for key in path:
        inner = target.get(key)
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    target[last] = _value(item)


def _value(item: Message) -> Any:
    """As JSON, or, in rows of newer clients, in a field of its own kind."""
    if 4 in item:
        return bool(item.number(4))
    if 5 in item:
        return item.zigzag(5)
    if 6 in item:
        return item.double(6)
    if 7 in item:
        return item.text(7)
    text = item.text(16) or item.text(8)
    return read_foreign(text) if text else None


def _time(stamp: Message) -> float:
    return stamp.number(1) + stamp.number(2) / 1e9
