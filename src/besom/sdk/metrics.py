"""``run.define_metric``: how metrics are summarised, and against what they are drawn, as the program itself sees it.

The server computes the same from the same records; here are the values of ``run.summary`` inside the program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from besom.errors import UsageError
from besom.protocol import MetricRecord

Kind = Literal["min", "max", "mean", "first", "last", "best", "none"]
_KINDS = ("min", "max", "mean", "first", "last", "best", "none")
_GOALS: dict[str | None, Literal["minimize", "maximize"] | None] = {
    None: None,
    "minimize": "minimize",
    "min": "minimize",
    "maximize": "maximize",
    "max": "maximize",
}


@dataclass(slots=True)
class Aggregates:
    """Of the finite values of one metric; ``first`` and ``last`` of all."""

    count: int = 0
    total: float = 0.0
    found: dict[str, float] = field(default_factory=dict)

    def add(self, value: float, goal: str | None) -> None:
        """Takes in the next value."""
        found = self.found
        found.setdefault("first", value)
        found["last"] = value
        if not math.isfinite(value):
            return
        self.count += 1
        self.total += value
        found["min"] = min(found.get("min", value), value)
        found["max"] = max(found.get("max", value), value)
        found["mean"] = self.total / self.count
        found["best"] = found["max" if goal == "maximize" else "min"]


class Metrics:
    """The definitions of a run's metrics. Falsy until there is one, so that ``log`` need not ask more."""

    def __init__(self) -> None:
        self._exact: dict[str, MetricRecord] = {}
        self._patterns: dict[str, MetricRecord] = {}
        self._synced: set[str] = set()
        """Names whose step metric is added to a row that lacks it."""
        self._aggregates: dict[str, Aggregates] = {}
        self._last: dict[str, Any] = {}
        """Last values of the step metrics."""

    def __bool__(self) -> bool:
        return bool(self._exact or self._patterns)

    def define(self, new: MetricRecord, step_sync: bool, overwrite: bool) -> MetricRecord:
        """Adds a definition; returns it together with what was defined for the name before."""
        table = self._patterns if new.name.endswith("*") else self._exact
        old = None if overwrite else table.get(new.name)
        if old is not None:
            new = MetricRecord(
                name=new.name,
                step_metric=new.step_metric or old.step_metric,
                summary=new.summary or old.summary,
                goal=new.goal or old.goal,
                hidden=new.hidden or old.hidden,
            )
        table[new.name] = new
        (self._synced.add if step_sync else self._synced.discard)(new.name)
        return new

    def definition(self, key: str) -> MetricRecord | None:
        """What holds for a key: its own definition, else that of the longest pattern that fits."""
        if found := self._exact.get(key):
            return found
        fitting = [name for name in self._patterns if key.startswith(name[:-1])]
        return self._patterns[max(fitting, key=len)] if fitting else None

    def completed(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """``row`` with the step metrics that it lacks, where they are known."""
        missing = {}
        for key in row:
            definition = self.definition(key)
            if definition and definition.step_metric and definition.name in self._synced:
                axis = definition.step_metric
                if axis not in row and axis in self._last:
                    missing[axis] = self._last[axis]
        return {**row, **missing} if missing else row

    def summarised(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row changes in the summary."""
        axes = {one.step_metric for table in (self._exact, self._patterns) for one in table.values()}
        changed: dict[str, Any] = {}
        for key, value in row.items():
            if key in axes:
                self._last[key] = value
            definition = self.definition(key)
            if definition is None or not definition.summary:
                changed[key] = value
            elif definition.summary != ["none"] and isinstance(value, (int, float)):
                aggregates = self._aggregates.setdefault(key, Aggregates())
                aggregates.add(value, definition.goal)
                changed[key] = {kind: aggregates.found[kind] for kind in definition.summary if kind in aggregates.found}
        return changed


def definition(
    name: str, step_metric: str | None, summary: str | None, goal: str | None, hidden: bool | None
) -> MetricRecord:
    """The arguments of ``define_metric`` as a record.

    Raises:
        UsageError: one of them makes no sense; names it.
    """
    _need_name("name", name)
    if step_metric is not None:
        _need_name("step_metric", step_metric)
        if "*" in step_metric:
            raise UsageError(f"define_metric(step_metric={step_metric!r}): only name may be a pattern.")
    words = [word.strip().lower() for word in (summary or "").split(",") if word.strip()]
    for word in words:
        if word not in _KINDS:
            raise UsageError(f"define_metric(summary={summary!r}): {word!r} is no summary.", _known(_KINDS))
    if "none" in words and len(words) > 1:
        raise UsageError(f"define_metric(summary={summary!r}): none goes with nothing else.")
    if goal not in _GOALS:
        raise UsageError(f"define_metric(goal={goal!r}) makes no sense.", _known(("minimize", "maximize")))
    if "best" in words and goal is None:
        raise UsageError("define_metric(summary='best') needs goal.", _known(("minimize", "maximize")))
    return MetricRecord(
        name=name,
        step_metric=step_metric,
        summary=cast(list[Kind], list(dict.fromkeys(words))),
        goal=_GOALS[goal],
        hidden=bool(hidden),
    )


def _need_name(argument: str, name: object) -> None:
    if not isinstance(name, str) or not name:
        raise UsageError(f"define_metric({argument}={name!r}) is not the name of a metric.", "Give it as text.")
    if "*" in name[:-1]:
        raise UsageError(f"define_metric({argument}={name!r}): * may only stand at the end.")


def _known(words: tuple[str, ...]) -> str:
    return f"Use one of: {', '.join(words)}."
