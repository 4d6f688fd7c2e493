"""Checks ``retry``: which runs that broke are tried again, and how often."""

from __future__ import annotations

from typing import Any, get_args

from besom.config.entry import Entry, as_number
from besom.config.model import Broken, Retry
from besom.config.report import Report

_PATH = ("retry",)
_MOST = 100
_STATES: tuple[Broken, ...] = get_args(Broken)
_KNOWN = (*_STATES, "preempted")
_EXAMPLE = "write `retry: {max: 2, on: [crashed, failed]}`."


def check_retry(block: Any, report: Report) -> Retry | None:
    """The rule, or None when there is none or something was reported."""
    if block is None:
        return None
    if not isinstance(block, dict):
        fix = f"write `retry: {{max: {block}}}`." if type(block) is int else _EXAMPLE
        report.error(_PATH, "`retry` must be a mapping with `max`.", fix, block)
        return None
    if "true" in block and "on" not in block:  # W&B's command line reads the word `on` as a boolean
        block["on"] = block.pop("true")
    entry = Entry(block, _PATH, report)
    entry.check_keys(("max", "on"))
    if block.get("max") is None:
        rule = "`retry` needs `max`, how often a point is tried again at most."
        report.error(_PATH, rule, "add `max: 2`.")
        return None
    most = entry.integer("max") if as_number(block["max"]) is not None else 0
    if most is not None and not 1 <= most <= _MOST:
        fix = "write `max: 2`, or remove `retry`."
        entry.error("max", f"`max` must be a whole number from 1 to {_MOST}.", fix)
        return None
    states = _states(entry)
    return None if most is None or states is None else Retry(most, states)


def describe(rule: Retry) -> str:
    """The rule as people say it, e.g. ``2 times after failed, crashed``."""
    times = "once" if rule.max == 1 else f"{rule.max} times"
    return f"{times} after {', '.join(rule.on)}" if rule.on else "never (only preempted runs go on)"


def _states(entry: Entry) -> tuple[Broken, ...] | None:
    """The states that are tried again; *preempted*, which may be listed, always is, and counts no try."""
    given = entry.data.get("on")
    if given is None:
        return _STATES
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        entry.error("on", "`on` must be a list of the states after which a run is tried again.", _EXAMPLE)
        return None
    wrong = [state for state in listed if state not in _KNOWN]
    if wrong:
        rule = f"A run is tried again after `failed`, `crashed` or `preempted`, not after `{wrong[0]}`."
        entry.report.error(entry.at("on"), rule, _EXAMPLE, given)
        return None
    return tuple(state for state in _STATES if state in listed)
