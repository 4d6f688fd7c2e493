"""What differs between two configurations of a sweep, in words; and what of it must not change under way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from besom.config.budget import describe as describe_budget
from besom.config.conditions import describe as describe_condition
from besom.config.describe import describe, listed, only_where, value_text
from besom.config.early_terminate import describe as describe_rule
from besom.config.equality import same
from besom.config.model import Categorical, Constant, Derived, Parameter, SweepConfig
from besom.config.problem import Problem
from besom.config.retries import describe as describe_retry

_NONE = "none"


def changes(before: SweepConfig, after: SweepConfig) -> list[str]:
    """One sentence per difference that matters to a sweep, e.g. ``lr: max 0.1 → 1``; parameters come first."""
    found = list(_parameters(before, after))
    for name, text in _TEXTS.items():
        old, new = text(before), text(after)
        if old != new:
            found.append(f"{name}: {old} → {new}")
    found += _several("forbid", *(list(map(describe_condition, config.forbid)) for config in (before, after)))
    found += _several("zip", *(_zips(config) for config in (before, after)))
    found += _several("start_with", *(_points(config) for config in (before, after)))
    return found


def frozen(before: SweepConfig, after: SweepConfig, seed: int) -> list[Problem]:
    """What of a configuration is changed that cannot be, once a sweep has runs or agents.

    Args:
        before: What the runs were made by.
        after: What is wanted.
        seed: What the sweep draws with.
    """
    found = []
    for name, (text, why) in _FROZEN.items():
        old, new = text(before), text(after)
        if old != new:
            found.append(Problem((name,), f"`{name}` cannot change under way, from {old} to {new}: {why}", _ELSE))
    if after.seed not in (None, seed):
        why = "the runs so far were drawn with another one."
        found.append(Problem(("seed",), f"`seed` cannot change under way: {why}", f"leave it out, or write {seed}."))
    return found


def _parameters(before: SweepConfig, after: SweepConfig) -> Iterator[str]:
    old, new = ({parameter.path: parameter for parameter in config.parameters} for config in (before, after))
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            yield f"{old[path].name} removed (was {describe(old[path].distribution)})"
        elif path not in old:
            yield f"{new[path].name} added: {describe(new[path].distribution)}"
        else:
            yield from _parameter(old[path], new[path])


def _parameter(old: Parameter, new: Parameter) -> Iterator[str]:
    name, before, after = new.name, old.distribution, new.distribution
    if isinstance(before, Categorical) and isinstance(after, Categorical):
        yield from _values(name, before, after)
    elif isinstance(before, Constant | Derived) or type(before) is not type(after):
        if describe(before) != describe(after) or old.label != new.label:
            yield f"{name}: {_whole(old)} → {_whole(new)}"
    else:
        if old.label != new.label:
            yield f"{name}: {old.label} → {new.label}"
        for field in dataclasses.fields(before):
            first, second = getattr(before, field.name), getattr(after, field.name)
            if first != second:
                yield f"{name}: {field.name} {_value(first)} → {_value(second)}"
    if old.when != new.when:
        yield f"{name}: only where {only_where(old) or 'anywhere'} → {only_where(new) or 'anywhere'}"


def _values(name: str, before: Categorical, after: Categorical) -> Iterator[str]:
    added = [value for value in after.values if not _holds(before.values, value)]
    removed = [value for value in before.values if not _holds(after.values, value)]
    if added or removed:
        parts = [f"{word} {listed(values)}" for word, values in (("added", added), ("removed", removed)) if values]
        yield f"{name}: {', '.join(parts)}"
    elif before.values != after.values:
        yield f"{name}: its values in another order"
    elif before.probabilities != after.probabilities:
        yield f"{name}: {describe(before)} → {describe(after)}"


def _holds(values: Sequence[Any], value: Any) -> bool:
    return any(same(value, other) for other in values)


def _whole(parameter: Parameter) -> str:
    return f"{parameter.label} {describe(parameter.distribution)}"


def _several(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """What was added to, and removed from, a list of rules."""
    for item in after:
        if item not in before:
            yield f"{name}: added {item}"
    for item in before:
        if item not in after:
            yield f"{name}: removed {item}"


def _zips(config: SweepConfig) -> list[str]:
    return [" with ".join(".".join(path) for path in paths) for paths in config.zips]


def _points(config: SweepConfig) -> list[str]:
    return [
        ", ".join(f"{'.'.join(path)}={value_text(value)}" for path, value in sorted(point.items()))
        for point in config.start_with
    ]


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else _NONE if value is None else str(value)


def _metric(config: SweepConfig) -> str:
    metric = config.metric
    if metric is None:
        return _NONE
    window = f"_{metric.window}" if metric.use == "mean_last" else ""
    return f"{metric.goal} {metric.name}, use {metric.use}{window}"


def _target(config: SweepConfig) -> str:
    return _value(config.metric.target) if config.metric else _NONE


def _impute(config: SweepConfig) -> str:
    return f"{config.metric.impute}, {config.metric.impute_while_running}" if config.metric else _NONE


def _command(config: SweepConfig) -> str:
    return " ".join(config.command) if config.command else "the default"


def _early_terminate(config: SweepConfig) -> str:
    return describe_rule(config.early_terminate) if config.early_terminate else _NONE


def _repeat(config: SweepConfig) -> str:
    repeat = config.repeat
    if repeat is None:
        return _NONE
    return f"{repeat.times} times" + (
        f", {'.'.join(repeat.parameter)} {listed(repeat.values)}" if repeat.parameter else ""
    )


def _retry(config: SweepConfig) -> str:
    return describe_retry(config.retry) if config.retry else _NONE


def _budget(config: SweepConfig) -> str:
    """Without its number of runs, which is told as ``run_cap``."""
    return (describe_budget(config.budget) if config.budget else "") or _NONE


def _searched_by(config: SweepConfig) -> str:
    if not config.is_searched_outside:
        return "the server"
    return config.engine.name if config.engine else config.search or "a controller"


_TEXTS: dict[str, Callable[[SweepConfig], str]] = {
    "method": lambda config: config.method,
    "metric": _metric,
    "metric.target": _target,
    "metric.impute": _impute,
    "early_terminate": _early_terminate,
    "run_cap": lambda config: _value(config.run_cap),
    "budget": _budget,
    "retry": _retry,
    "grid_order": lambda config: config.grid_order,
    "priority": lambda config: str(config.priority),
    "repeat": _repeat,
    "seed": lambda config: _value(config.seed),
    "program": lambda config: config.program or _NONE,
    "command": _command,
    "search": _searched_by,
    "name": lambda config: config.name or _NONE,
    "description": lambda config: config.description or _NONE,
}
_FROZEN: dict[str, tuple[Callable[[SweepConfig], str], str]] = {
    "metric": (_metric, "the runs so far count with what they logged."),
    "program": (_TEXTS["program"], "agents that are at work would go on with the old one."),
    "command": (_command, "agents that are at work would go on with the old one."),
    "repeat": (_repeat, "the runs so far are numbered by it."),
    "search": (_searched_by, "somebody else chooses the runs then."),
}
_ELSE = "change it back, or make a new sweep that learns from this one: besom sweep --prior-sweep ID FILE"
