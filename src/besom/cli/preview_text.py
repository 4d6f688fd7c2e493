"""What ``besom preview`` prints."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from besom.cli.program import remarks
from besom.cli.terminal import columns, note, paint, paint_problems, quote, say, width
from besom.config import Loaded, expand_command, needs_program
from besom.config.early_terminate import describe as describe_rule
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    Distribution,
    IntUniform,
    LogNormal,
    LogUniform,
    Normal,
    SweepConfig,
    Uniform,
)
from besom.search import Suggestion, expected_runs, nest, suggest

MOST_VALUES = 12
"""Values of one parameter that are listed."""


def show(file: str, loaded: Loaded, samples: int) -> None:
    """Prints the sweep's kind, its number of runs, its parameters, sample runs and warnings."""
    config = loaded.config
    say(f"{paint(config.name or file, bold=True)}: {config.method} search{_goal(config)}")
    say(f"Runs: {run_count(config)}")
    if config.early_terminate:
        say(f"Early stopping: {describe_rule(config.early_terminate)}")
    say()
    rows = [(p.name, p.label, describe(p.distribution)) for p in config.parameters]
    for line in columns(rows, ("PARAMETER", "DISTRIBUTION", "VALUES")):
        say(line)
    if samples:
        _show_samples(config, samples)
    for problem in loaded.warnings:
        note("\n" + paint_problems(problem.render(file), sys.stderr))


def preview_json(file: str, loaded: Loaded, samples: int) -> dict[str, Any]:
    """The same for scripts: number of runs (None for no end), parameters, and the values and words of sample runs."""
    config = loaded.config
    runs = [nest(suggestion.values) for suggestion in draw(config, samples)]
    return {
        "name": config.name,
        "method": config.method,
        "metric": dataclasses.asdict(config.metric) if config.metric else None,
        "expected_runs": expected_runs(config),
        "parameters": {
            parameter.name: {"distribution": parameter.label, "values": describe(parameter.distribution)}
            for parameter in config.parameters
        },
        "samples": [{"params": values, "command": _words(config, values)} for values in runs],
        "warnings": [problem.render(file) for problem in loaded.warnings],
    }


def run_count(config: SweepConfig) -> str:
    """How many runs the sweep will have, and why."""
    count = expected_runs(config)
    if count is None:
        return "no end by itself; limit them with run_cap, or stop the sweep"
    if config.method == "grid":
        points = expected_runs(_without_cap(config)) or 0
        size = f"{points:,} grid {'point' if points == 1 else 'points'}"
        return f"{count:,} of {size} (run_cap)" if count < points else f"{count:,} (every grid point once)"
    return f"at most {count:,} (run_cap)"


def describe(distribution: Distribution) -> str:
    """The values a parameter takes, in a few words."""
    match distribution:
        case Constant(value):
            return _text(value)
        case Categorical(values, probabilities):
            shares = [""] * len(values) if probabilities is None else [f" ({share:.3g})" for share in probabilities]
            shown = [_text(value) + share for value, share in zip(values[:MOST_VALUES], shares, strict=False)]
            return ", ".join(shown) + (f", … ({len(values):,} values)" if len(values) > MOST_VALUES else "")
        case IntUniform(low, high):
            return f"{low:,} to {high:,}, whole numbers"
        case Uniform(low, high, q) | LogUniform(low, high, q):
            return f"{low:g} to {high:g}{_step(q)}"
        case Normal(mu, sigma, q):
            return f"mean {mu:g}, standard deviation {sigma:g}{_step(q)}"
        case LogNormal(mu, sigma, q):
            return f"exp of mean {mu:g}, standard deviation {sigma:g}{_step(q)}"
        case Beta(a, b, q):
            return f"0 to 1, a {a:g}, b {b:g}{_step(q)}"


def draw(config: SweepConfig, count: int) -> list[Suggestion]:
    """The first runs: a grid's own; for the others an example that is the same every time."""
    if config.method == "custom":
        return []
    return suggest(config, [], index=0, count=count, seed=0)


def _show_samples(config: SweepConfig, samples: int) -> None:
    say()
    found = draw(config, samples)
    if not found:
        say("Its runs come from outside, so there is none to show.")
        return
    say("First runs:" if config.method == "grid" or config.seed is not None else "Sample runs:")
    for suggestion in found:
        say(_indented(_words(config, nest(suggestion.values))))
    if config.program is None and needs_program(config):
        note("No program is named: agents for this sweep call a Python function.")
    for remark in remarks(config, Path.cwd()):
        note(remark)


def _words(config: SweepConfig, values: dict[str, Any]) -> list[str]:
    if config.program is None and needs_program(config):
        return [f"{name}={value}" for name, value in sorted(values.items())]
    interpreter = "python" if shutil.which("python") == sys.executable else sys.executable
    return expand_command(
        config, None, values, interpreter=interpreter, environ=os.environ, json_file="PARAMETERS.json"
    )


def _indented(words: Sequence[str]) -> str:
    """The words of a command line, wrapped between words as a shell would accept it."""
    lines = [""]
    for word in map(quote, words):
        if lines[-1] and len(lines[-1]) + len(word) + 5 > width():
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "  " + " \\\n      ".join(lines)


def _goal(config: SweepConfig) -> str:
    if config.metric is None:
        return ""
    target = f" until {config.metric.target:g}" if config.metric.target is not None else ""
    return f", {config.metric.goal} {config.metric.name}{target}"


def _without_cap(config: SweepConfig) -> SweepConfig:
    return dataclasses.replace(config, run_cap=None)


def _step(q: float | None) -> str:
    return "" if q is None else f" in steps of {q:g}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value and value.isprintable() else json.dumps(value, ensure_ascii=False)
