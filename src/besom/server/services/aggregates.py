"""Minima, means and the like of metrics that a program has defined: exact, however its records are cut. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from besom.protocol import HistoryRecord, MetricRecord, SpoolRecord, SummaryRecord
from besom.protocol.numbers import decode_number, encode_number

Definitions = dict[str, dict[str, Any]]
"""What ``define_metric()`` said last, by name or pattern: fields of a MetricDefinition."""

LONGEST_NAMES = 2_000
"""Characters of a metric's name and its axis together; of longer ones no definition is kept."""


class Running(msgspec.Struct, array_like=True):
    """The state of one key's aggregates. Numbers that JSON does not know are kept as text."""

    count: int = 0
    total: float | str = 0.0
    carry: float = 0.0
    """What ``total`` lost to rounding (Neumaier 1974), so that the mean does not depend on the order of magnitude."""
    least: int | float | str | None = None
    greatest: int | float | str | None = None
    first: Any = None
    last: Any = None
    logged: bool = False

    def add(self, value: Any) -> None:
        """Counts a logged value. What is no number, or NaN, can only be first or last."""
        if not self.logged:
            self.first, self.logged = value, True
        self.last = value
        number = _number(value)
        if number is None:
            return
        self.count += 1
        if self.least is None or number < decode_number(self.least):  # type: ignore[operator]
            self.least = _plain(number)
        if self.greatest is None or number > decode_number(self.greatest):  # type: ignore[operator]
            self.greatest = _plain(number)
        self._sum(float(number))

    def shown(self, kinds: Iterable[str], goal: str | None) -> dict[str, Any]:
        """The aggregates of these kinds that exist."""
        best = self.greatest if goal == "maximize" else self.least
        found = {
            "min": self.least,
            "max": self.greatest,
            "best": best,
            "mean": self._mean(),
            "first": self.first,
            "last": self.last,
        }
        numeric = ("min", "max", "best", "mean")
        return {kind: found[kind] for kind in kinds if kind in found and (self.count or kind not in numeric)}

    def _sum(self, value: float) -> None:
        total = float(decode_number(self.total))  # type: ignore[arg-type]
        summed = total + value
        if math.isfinite(summed):
            self.carry += (total - summed) + value if abs(total) >= abs(value) else (value - summed) + total
        self.total = encode_number(summed)

    def _mean(self) -> float | str | None:
        if not self.count:
            return None
        return encode_number((float(decode_number(self.total)) + self.carry) / self.count)  # type: ignore[arg-type]


def pattern_lengths(definitions: Definitions) -> list[int]:
    """How many characters the patterns (``train/*``) among the definitions have before the star, the longest first."""
    return sorted({len(name) - 1 for name in definitions if name.endswith("*")}, reverse=True)


def definition_of(key: str, definitions: Definitions, lengths: Iterable[int]) -> dict[str, Any] | None:
    """The definition that holds for a key: its own, else that of the longest pattern that matches. ``lengths`` are of
    ``pattern_lengths``: there may be thousands of patterns, and of keys."""
    found = definitions.get(key)
    if found is not None:
        return found
    patterns = (definitions.get(f"{key[:length]}*") for length in lengths if length <= len(key))
    return next((pattern for pattern in patterns if pattern is not None), None)


def as_definition(record: MetricRecord) -> dict[str, Any]:
    """How a definition is kept."""
    return {
        "name": record.name,
        "step_metric": record.step_metric,
        "summary": list(dict.fromkeys(record.summary)),
        "goal": record.goal,
        "hidden": record.hidden,
    }


def aggregate_records(
    records: Iterable[SpoolRecord], definitions: Definitions, states: Mapping[str, Any], summary: dict[str, Any]
) -> dict[str, Any]:
    """Takes more records into account, in their order.

    Args:
        records: The new ones. A value counts for the definitions that come before it.
        definitions: Those known before; the new ones are added.
        states: ``Running`` by key, as plain data.
        summary: Of these records alone, with the last value of each key: changed to what the definitions want.

    Returns:
        The new states.
    """
    running: dict[str, Running] = {}
    applied: dict[str, dict[str, Any] | None] = {}
    lengths = pattern_lengths(definitions)
    by_hand: set[str] = set()
    logged: set[str] = set()
    for record in records:
        if isinstance(record, HistoryRecord):
            for key, value in record.data.items():
                if key not in applied:
                    applied[key] = definition_of(key, definitions, lengths)
                definition = applied[key]
                if definition is None or not definition["summary"]:
                    continue
                if key not in running:
                    running[key] = msgspec.convert(states[key], Running) if key in states else Running()
                running[key].add(value)
                logged.add(key)
                by_hand.discard(key)
        elif isinstance(record, SummaryRecord):
            by_hand.update(record.data)
        elif isinstance(record, MetricRecord) and len(record.name) + len(record.step_metric or "") <= LONGEST_NAMES:
            if record.name.endswith("*") and record.name not in definitions:
                lengths = sorted({*lengths, len(record.name) - 1}, reverse=True)
            definitions[record.name] = as_definition(record)
            applied.clear()
    for key in logged - by_hand:
        definition = definition_of(key, definitions, lengths)
        kinds = definition["summary"] if definition else []
        if "none" in kinds:
            summary.pop(key, None)
        elif kinds and definition:
            summary[key] = running[key].shown(kinds, definition["goal"])
    return {**states, **{key: msgspec.to_builtins(state) for key, state in running.items()}}


def _number(value: Any) -> int | float | None:
    number = decode_number(value)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    try:
        return None if math.isnan(number) else number
    except OverflowError:  # an integer beyond what floats reach
        return None


def _plain(number: int | float) -> int | float | str:
    return encode_number(number) if isinstance(number, float) else number
