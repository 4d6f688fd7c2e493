"""What ``besom preview`` prints."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from besom.cli.remarks import remarks
from besom.cli.terminal import columns, note, paint, paint_problems, quote, say, width, wrap
from besom.config import Loaded, expand_command, needs_program
from besom.config.conditions import describe as describe_condition
from besom.config.describe import describe, only_where
from besom.config.early_terminate import describe as describe_rule
from besom.config.model import SweepConfig
from besom.search import expected_runs, nest
from besom.search.memory import Memory
from besom.search.preview import draw, headline, order_is_known, rules, run_count, searched


def show(file: str, loaded: Loaded, samples: int, memory: Memory) -> None:
    """Prints the sweep's kind, its number of runs, its parameters, sample runs and warnings."""
    config = loaded.config
    say(f"{paint(config.name or file, bold=True)}: {headline(config)}")
    say(f"Runs: {run_count(config, memory)}")
    if config.early_terminate:
        say(f"Early stopping: {describe_rule(config.early_terminate)}")
    say()
    _show_space(config)
    if samples:
        _show_samples(config, samples, memory)
    for problem in loaded.warnings:
        note("\n" + paint_problems(problem.render(file), sys.stderr))


def preview_json(file: str, loaded: Loaded, samples: int, memory: Memory) -> dict[str, Any]:
    """The same for scripts: number of runs (None for no end), parameters, and the values and words of sample runs."""
    config = loaded.config
    runs = [nest(values) for values in draw(config, samples, memory)]
    return {
        "name": config.name,
        "method": config.method,
        "metric": dataclasses.asdict(config.metric) if config.metric else None,
        "expected_runs": expected_runs(config, memory.grid_of(config) if config.method == "grid" else None),
        "parameters": {
            parameter.name: {"distribution": parameter.label, "values": describe(parameter.distribution)}
            | ({"when": only_where(parameter)} if parameter.when else {})
            for parameter in searched(config)
        },
        **_rules_json(config),
        "samples": [{"params": values, "command": _words(config, values)} for values in runs],
        "warnings": [problem.render(file) for problem in loaded.warnings],
    }


def _show_space(config: SweepConfig) -> None:
    if not config.parameters and config.engine:
        say(f"Its parameters are made up by {config.engine.search_space} in {config.engine.source}.")
        return
    head, table = _rows(config)
    for line in columns(table, head):
        say(line)
    if found := rules(config):
        say()
    for word, text in found:
        say(wrap(f"{word}: {text}", "", sys.stdout))


def _show_samples(config: SweepConfig, samples: int, memory: Memory) -> None:
    say()
    found = draw(config, samples, memory)
    if not found:
        say("Its runs come from outside, so there is none to show.")
        return
    say("First runs:" if order_is_known(config) else "Sample runs:")
    for values in found:
        say(_indented(_words(config, nest(values))))
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


def _rows(config: SweepConfig) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table of parameters; the last column only where some parameter has a condition."""
    head: tuple[str, ...] = ("PARAMETER", "DISTRIBUTION", "VALUES", "ONLY WHERE")
    table = [(p.name, p.label, describe(p.distribution), only_where(p)) for p in searched(config)]
    if any(row[-1] for row in table):
        return head, list(table)
    return head[:-1], [row[:-1] for row in table]


def _rules_json(config: SweepConfig) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "forbid": [describe_condition(condition) for condition in config.forbid],
        "zip": [[".".join(path) for path in paths] for paths in config.zips],
        "repeat": dataclasses.asdict(config.repeat) if config.repeat else None,
        "retry": dataclasses.asdict(config.retry) if config.retry else None,
        "budget": dataclasses.asdict(config.budget) if config.budget else None,
    }


def _indented(words: Sequence[str]) -> str:
    """The words of a command line, wrapped between words as a shell would accept it."""
    lines = [""]
    for word in map(quote, words):
        if lines[-1] and len(lines[-1]) + len(word) + 5 > width():
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "  " + " \\\n      ".join(lines)
