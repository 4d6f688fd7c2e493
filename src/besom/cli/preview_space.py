"""What ``besom preview`` says of the search space: parameters, conditions, and how many runs there will be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from besom.config.conditions import describe as describe_condition
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    Derived,
    Distribution,
    IntUniform,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    SweepConfig,
    Uniform,
)
from besom.config.zips import paired_rows
from besom.search import Grid
from besom.search.memory import Memory

MOST_VALUES = 12
"""Values of one parameter that are listed."""


def run_count(config: SweepConfig, memory: Memory) -> str:
    """How many runs the sweep will have, and why."""
    if config.method == "grid":
        return _grid_count(config, memory.grid_of(config))
    if config.run_cap is None:
        return "no end by itself; limit them with run_cap, or stop the sweep"
    return f"at most {config.run_cap:,} (run_cap)"


def _grid_count(config: SweepConfig, grid: Grid) -> str:
    capped = config.run_cap is not None and config.run_cap < grid.size
    if grid.times > 1:
        product = f"{_number(grid.configurations, 'configuration')} x {grid.times} repeats"
        return f"{config.run_cap:,} of {grid.size:,} (run_cap; {product})" if capped else f"{grid.size:,} ({product})"
    if capped:
        return f"{config.run_cap:,} of {_number(grid.size, 'grid point')} (run_cap)"
    return f"{grid.size:,} (every grid point once)"


def rows(config: SweepConfig) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table of parameters; the last column only where some parameter has a condition."""
    head: tuple[str, ...] = ("PARAMETER", "DISTRIBUTION", "VALUES", "ONLY WHERE")
    table = [(p.name, p.label, describe(p.distribution), only_where(p)) for p in searched(config)]
    if any(row[-1] for row in table):
        return head, list(table)
    return head[:-1], [row[:-1] for row in table]


def rules(config: SweepConfig) -> list[tuple[str, str]]:
    """What goes for combinations of parameters and for repeats, each with a word that says which it is."""
    found = [("Paired", pairs(paths, config)) for paths in config.zips]
    found += [("Never", describe_condition(condition)) for condition in config.forbid]
    if config.repeat:
        upto = "up to " if config.method == "bayes" else ""
        times = f"each configuration {upto}{config.repeat.times} times"
        if config.repeat.parameter:
            times += f", with {'.'.join(config.repeat.parameter)} = {_listed(config.repeat.values)}"
        found.append(("Repeats", times))
    return found


def rules_json(config: SweepConfig) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "forbid": [describe_condition(condition) for condition in config.forbid],
        "zip": [[".".join(path) for path in paths] for paths in config.zips],
        "repeat": dataclasses.asdict(config.repeat) if config.repeat else None,
    }


def searched(config: SweepConfig) -> list[Parameter]:
    """The parameters without the one that counts repeats."""
    counted = config.repeat.parameter if config.repeat else None
    return [parameter for parameter in config.parameters if parameter.path != counted]


def only_where(parameter: Parameter) -> str:
    """Where the parameter exists, in words; empty where it always does."""
    return " and ".join(map(describe_condition, parameter.when))


def pairs(paths: Sequence[tuple[str, ...]], config: SweepConfig) -> str:
    """The values of paired parameters, side by side."""
    shown = [" with ".join(map(_text, row)) for row in paired_rows(paths, config.parameters)]
    more = f", … ({len(shown):,} pairs)" if len(shown) > MOST_VALUES else ""
    return f"{' with '.join('.'.join(path) for path in paths)}: {', '.join(shown[:MOST_VALUES])}{more}"


def describe(distribution: Distribution) -> str:
    """The values a parameter takes, in a few words."""
    match distribution:
        case Constant(value):
            return _text(value)
        case Derived(expression):
            return expression.text
        case Categorical(values, probabilities):
            return _listed(values, probabilities)
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


def _listed(values: Sequence[Any], probabilities: Sequence[float] | None = None) -> str:
    shares = [""] * len(values) if probabilities is None else [f" ({share:.3g})" for share in probabilities]
    shown = [_text(value) + share for value, share in zip(values[:MOST_VALUES], shares, strict=False)]
    return ", ".join(shown) + (f", … ({len(values):,} values)" if len(values) > MOST_VALUES else "")


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _step(q: float | None) -> str:
    return "" if q is None else f" in steps of {q:g}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value and value.isprintable() else json.dumps(value, ensure_ascii=False)
