"""``run.define_metric``: how metrics are summarised, and against what they are drawn, as the program itself sees it.

The server computes the same from the same records; here are the values of ``run.summary`` inside the program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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


class Aggregates:
    """Of one metric's values, by kind: ``first`` and ``last`` of all, the others of numbers without NaN."""

    def __init__(self, left: Mapping[str, Any], goal: str | None) -> None:
        """``left``: what an earlier process of the run left. Its mean is lost: only the server knows of how many."""
        self.found = {kind: left[kind] for kind in ("min", "max", "first") if kind in left}
        if "best" in left:
            self.found.setdefault("max" if goal == "maximize" else "min", left["best"])
        self._count = 0
        self._total = 0.0

    def add(self, value: Any, goal: str | None) -> None:
        """Takes in the next value."""
        found = self.found
        found.setdefault("first", value)
        found["last"] = value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
            return
        self._count += 1
        self._total += value
        found["min"] = min(found.get("min", value), value)
        found["max"] = max(found.get("max", value), value)
        found["mean"] = self._total / self._count
        found["best"] = found["max" if goal == "maximize" else "min"]


class Metrics:
    """The definitions of a run's metrics. Falsy until there is one, so that ``log`` need not ask more."""

    def __init__(self, left: Mapping[str, Any] | None = None) -> None:
        """``left``: the summary that an earlier process of the run left."""
        self._left = left or {}
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
        for key in (key for key in row if isinstance(key, str)):  # others are refused later, by name
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
            else:
                aggregates = self._of(key, definition.goal)
                aggregates.add(value, definition.goal)
                if definition.summary != ["none"]:
                    found = aggregates.found
                    changed[key] = {kind: found[kind] for kind in definition.summary if kind in found}
        return changed

    def _of(self, key: str, goal: str | None) -> Aggregates:
        if key not in self._aggregates:
            left = self._left.get(key)
            self._aggregates[key] = Aggregates(left if isinstance(left, Mapping) else {}, goal)
        return self._aggregates[key]


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
    words = [word.strip().lower() for word in str(summary or "").split(",") if word.strip()]
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
