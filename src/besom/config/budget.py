"""Checks ``budget``: when a sweep ends by itself."""

from __future__ import annotations

from typing import Any

from besom.config.entry import Entry, as_number
from besom.config.model import Budget
from besom.config.report import Report

_PATH = ("budget",)
_KEYS = ("runs", "hours", "gpu_hours", "no_improvement_in")
_EXAMPLE = "write, for example, `budget: {runs: 50, hours: 12}`."


def check_budget(block: Any, run_cap: int | None, report: Report, *, has_metric: bool) -> Budget | None:
    """The budget, or None when there is none or something was reported.

    Args:
        block: What the configuration says.
        run_cap: The older word for ``runs``.
        report: Takes what is wrong.
        has_metric: Whether there is a metric that runs could improve.
    """
    if block is None:
        return None
    if not isinstance(block, dict) or not block:
        fix = f"write `budget: {{runs: {block}}}`." if type(block) is int else _EXAMPLE
        report.error(_PATH, f"`budget` must be a mapping with one or more of {_listed()}.", fix, block)
        return None
    entry = Entry(block, _PATH, report)
    entry.check_keys(_KEYS)
    runs, patience = (_count(entry, key) for key in ("runs", "no_improvement_in"))
    hours, gpu_hours = (_hours_of(entry, key) for key in ("hours", "gpu_hours"))
    if runs is not None and run_cap not in (None, runs):
        rule = f"`budget.runs` and `run_cap`, {run_cap}, mean the same and differ."
        entry.error("runs", rule, "write one of them.")
        return None
    if patience is not None and not has_metric:
        rule = "`no_improvement_in` asks which runs are better, but there is no `metric`."
        entry.error("no_improvement_in", rule, "add, for example, `metric: {name: val_loss, goal: minimize}`.")
        return None
    return Budget(runs=runs, hours=hours, gpu_hours=gpu_hours, no_improvement_in=patience)


def describe(budget: Budget) -> str:
    """What ends the sweep besides its number of runs, e.g. ``after 12 hours``; empty for nothing."""
    ends = []
    if budget.hours is not None:
        ends.append(f"after {budget.hours:g} {_hours(budget.hours)}")
    if budget.gpu_hours is not None:
        ends.append(f"after {budget.gpu_hours:g} GPU {_hours(budget.gpu_hours)}")
    if budget.no_improvement_in is not None:
        ends.append(f"after {budget.no_improvement_in:,} runs in a row without a better one")
    return ", or ".join(ends)


def _hours(number: float) -> str:
    return "hour" if number == 1 else "hours"


def _count(entry: Entry, key: str) -> int | None:
    if entry.data.get(key) is None:
        return None
    if as_number(entry.data[key]) is None:
        entry.error(key, f"`{key}` must be a whole number.", f"write, for example, `{key}: 10`.")
        return None
    number = entry.integer(key)
    return None if number is None or not _is_positive(entry, key, number) else number


def _hours_of(entry: Entry, key: str) -> float | None:
    number = None if entry.data.get(key) is None else entry.number(key)
    return None if number is None or not _is_positive(entry, key, number) else number


def _is_positive(entry: Entry, key: str, number: float) -> bool:
    if number <= 0:
        entry.error(key, f"`{key}` must be greater than 0.", f"write, for example, `{key}: 10`, or remove it.")
    return number > 0


def _listed() -> str:
    return ", ".join(f"`{key}`" for key in _KEYS)
