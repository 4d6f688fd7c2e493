"""What a controller prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from besom.config.model import SweepConfig
from besom.controller.loop import Step
from besom.controller.runs import SweepRun
from besom.protocol import Sweep

STATES = ("pending", "running", "preempting", "preempted", "finished", "failed", "crashed", "killed")
KEYS = ("value", "values", "probabilities", "min", "max", "mu", "sigma", "a", "b", "q", "expr", "when")
"""Of a parameter, in the order in which they are shown."""
LONGEST_VALUE = 40


def status_line(sweep: Sweep, runs: Sequence[SweepRun], told_to_stop: Collection[str]) -> str:
    """One line: ``Sweep: NAME (bayes,hyperband) | Runs: 3 (Running: 1, Finished: 2) | Stopped: 2 (Stopping: 1)``."""
    rule = sweep.config.get("early_terminate")
    how = f"{sweep.method},{rule['type']}" if rule else sweep.method
    counts = Counter(run.state for run in runs)
    states = ", ".join(f"{state.capitalize()}: {counts[state]}" for state in STATES if counts[state])
    line = f"Sweep: {sweep.name} ({how}) | Runs: {len(runs)}" + (f" ({states})" if states else "")
    if told_to_stop:
        stopping = sum(run.id in told_to_stop and run.is_active for run in runs)
        line += f" | Stopped: {len(told_to_stop)}" + (f" (Stopping: {stopping})" if stopping else "")
    return line


def action_lines(step: Step) -> list[str]:
    """``Schedule (a=1,b=2)`` for each run that was queued, ``Stop (id)`` with the reason for each that was stopped."""
    lines = [f"Schedule ({values_text(run.config)})" for run in step.scheduled]
    return lines + [f"Stop ({stop.run.id}): {stop.reason}" for stop in step.stopped]


def debug_lines(step: Step) -> list[str]:
    """How search came to each run that was queued."""
    reasons = [(run, (f"{key}: {_short(value)}" for key, value in run.why.items())) for run in step.scheduled]
    return [f"{run.id}: {', '.join(words)}" for run, words in reasons]


def space_lines(config: SweepConfig) -> list[str]:
    """The search space, a line per parameter: name, distribution, and its keys as written."""
    rows = [(p.name, p.label, _keys(config.stored.get("parameters") or {}, p.path)) for p in config.parameters]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    return [f"{name:{widths[0]}}  {label:{widths[1]}}  {keys}".rstrip() for name, label, keys in rows]


def summary_lines(sweep: Sweep, runs: Sequence[SweepRun]) -> list[str]:
    """What has come out so far: how the sweep is, and its best run."""
    lines = [f"Sweep: {sweep.name} ({sweep.state.lower()}), {len(runs)} runs"]
    best = next((run for run in runs if sweep.best and run.id == sweep.best.id), None)
    if best is None or sweep.best is None or sweep.metric is None:
        return [*lines, "Best: none yet"]
    return [*lines, f"Best: {best.name} ({best.id}), {sweep.metric.name} {sweep.best.value:.6g}", *_indented(best)]


def values_text(values: Mapping[str, Any]) -> str:
    """``a=1,b.c=2``: nested values with the levels of their names joined by dots."""
    return ",".join(_words(values))


def _words(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _words(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}={_short(value)}"


def _indented(run: SweepRun) -> list[str]:
    return [f"  {word}" for word in _words(run.config)]


def _keys(parameters: Mapping[str, Any], path: Sequence[str]) -> str:
    for name in path[:-1]:
        parameters = parameters[name]["parameters"]
    entry = parameters[path[-1]]
    known = [key for key in KEYS if key in entry]
    return ", ".join(f"{key}: {_short(entry[key])}" for key in known)


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
