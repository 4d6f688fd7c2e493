"""Checks ``repeat``: how often each configuration is run, and which parameter counts the runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from besom.config.entry import Entry
from besom.config.equality import fingerprint
from besom.config.existence import needed_by
from besom.config.expressions import ExpressionError
from besom.config.model import Categorical, Condition, IntUniform, Repeat
from besom.config.model import Path as ParameterPath
from besom.config.report import Report
from besom.config.scope import Scope

_PATH = ("repeat",)
_MOST = 10_000


def check_repeat(
    block: Any, scope: Scope, forbid: Sequence[Condition], zips: Sequence[Sequence[ParameterPath]], report: Report
) -> Repeat | None:
    """The repeats, or None when there are none or something was reported."""
    if block is None:
        return None
    if not isinstance(block, dict):
        fix = f"write `repeat: {{times: {block}, parameter: seed}}`." if isinstance(block, int) else _EXAMPLE
        report.error(_PATH, "`repeat` must be a mapping with `times`.", fix, block)
        return None
    entry = Entry(block, _PATH, report)
    entry.check_keys(("times", "parameter"))
    if block.get("times") is None:
        report.error(_PATH, "`repeat` needs `times`, the number of runs of each configuration.", "add `times: 3`.")
        return None
    times = entry.integer("times")
    if times is None:
        return None
    if not 1 <= times <= _MOST:
        entry.error("times", f"`times` must be a whole number from 1 to {_MOST:,}.", "write `times: 3`.")
        return None
    name = entry.name("parameter")
    if name is None:
        return None if entry.data.get("parameter") is not None else Repeat(times)
    return _counted(name, times, scope, forbid, zips, entry)


_EXAMPLE = "write `repeat: {times: 3, parameter: seed}`."


def _counted(
    name: str,
    times: int,
    scope: Scope,
    forbid: Sequence[Condition],
    zips: Sequence[Sequence[ParameterPath]],
    entry: Entry,
) -> Repeat | None:
    if not scope.knows(name):
        return Repeat(times, (name,), tuple(range(times)))
    try:
        parameter = scope.find(name)
    except ExpressionError as error:
        entry.error("parameter", str(error), error.fix)
        return None
    if parameter is None:
        return None
    if parameter.when:
        entry.error("parameter", f"`{name}` has a `when`, but it must exist in every run.", "remove the `when`.")
        return None
    if users := _users(parameter.path, scope, forbid, zips):
        rule = f"`{name}` counts the repeats of one configuration, so {users} cannot depend on it."
        entry.error("parameter", rule, "take it out there.")
        return None
    match parameter.distribution:
        case Categorical(values, None):
            listed: Sequence[Any] = values
        case IntUniform(low, high):
            listed = range(low, high + 1)
        case _:
            rule = f"`{name}` has to be a list of `values`, one for each repeat."
            entry.error("parameter", rule, f"list {times} `values`, or remove it from `parameters` to get 0, 1, 2 ...")
            return None
    if len(listed) < times:
        rule = f"`{name}` has {len(listed)} values for {times} repeats."
        entry.error("parameter", rule, "list more `values`, or lower `times`.")
        return None
    chosen = tuple(listed[:times])
    if len({fingerprint(value) for value in chosen}) < times:
        entry.error(
            "parameter", f"`{name}` has one value twice among those of the repeats.", "list different `values`."
        )
        return None
    return Repeat(times, parameter.path, chosen)


def _users(
    path: ParameterPath, scope: Scope, forbid: Sequence[Condition], zips: Sequence[Sequence[ParameterPath]]
) -> str:
    """What speaks of a parameter, in words; empty when nothing does."""
    for parameter in scope.parameters:
        if path in needed_by(parameter):
            return f"`{parameter.name}`"
    if any(path in condition.paths for condition in forbid):
        return "`forbid`"
    return "`zip`" if any(path in paths for paths in zips) else ""
