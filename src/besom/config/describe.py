"""What parameters are, in a few words: as ``besom preview``, the page and the list of a sweep's changes say it."""

from __future__ import annotations

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

MOST_VALUES = 12
"""Values of one parameter that are listed."""


def only_where(parameter: Parameter) -> str:
    """Where the parameter exists, in words; empty where it always does."""
    return " and ".join(map(describe_condition, parameter.when))


def pairs(paths: Sequence[tuple[str, ...]], config: SweepConfig) -> str:
    """The values of paired parameters, side by side."""
    shown = [" with ".join(map(value_text, row)) for row in paired_rows(paths, config.parameters)]
    more = f", … ({len(shown):,} pairs)" if len(shown) > MOST_VALUES else ""
    return f"{' with '.join('.'.join(path) for path in paths)}: {', '.join(shown[:MOST_VALUES])}{more}"


def describe(distribution: Distribution) -> str:
    """The values a parameter takes, in a few words."""
    match distribution:
        case Constant(value):
            return value_text(value)
        case Derived(expression):
            return expression.text
        case Categorical(values, probabilities):
            return listed(values, probabilities)
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


def listed(values: Sequence[Any], probabilities: Sequence[float] | None = None) -> str:
    """Values in a row, the first dozen of many; with the share of each where they are not equally likely."""
    shares = [""] * len(values) if probabilities is None else [f" ({share:.3g})" for share in probabilities]
    shown = [value_text(value) + share for value, share in zip(values[:MOST_VALUES], shares, strict=False)]
    return ", ".join(shown) + (f", … ({len(values):,} values)" if len(values) > MOST_VALUES else "")


def _step(q: float | None) -> str:
    return "" if q is None else f" in steps of {q:g}"


def value_text(value: Any) -> str:
    """A value as one would write it."""
    return value if isinstance(value, str) and value and value.isprintable() else json.dumps(value, ensure_ascii=False)
