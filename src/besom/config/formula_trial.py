"""Tries the formulas of a configuration on some of its points, so that one that can never work is told of at once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from besom.config.existence import exists, ordered
from besom.config.expressions import ExpressionError, evaluate
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    Derived,
    Distribution,
    Expression,
    IntUniform,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    Path,
    SweepConfig,
    Uniform,
)
from besom.config.problem import Path as Place
from besom.config.report import Report

_POINTS = 50


@dataclass(slots=True)
class _Trial:
    """How one formula fared."""

    worked: int = 0
    failures: list[ExpressionError] = field(default_factory=list)


def try_formulas(config: SweepConfig, report: Report) -> None:
    """Report formulas that fail wherever they were tried, and warn of derived values that fail at some points.

    The points are the same every time: extreme and middle values of ranges, listed values, all chosen at random.
    """
    derived = {p.distribution.expression: p for p in config.parameters if isinstance(p.distribution, Derived)}
    conditions = [condition for parameter in config.parameters for condition in parameter.when]
    expressions = [c.expression for c in (*conditions, *config.forbid) if c.expression is not None]
    trials = {expression: _Trial() for expression in (*derived, *expressions)}
    if not trials:
        return
    for point in _points(config.parameters, random.Random(0)):  # noqa: S311  nothing secret
        for expression, trial in trials.items():
            if all(path in point for path in expression.paths):
                _try(expression, trial, point)
    for expression, trial in trials.items():
        if not trial.failures:
            continue
        first = trial.failures[0]
        place = _place(expression, config)
        if not trial.worked:
            report.error(place, f"The formula never works: {first}", "mend it, or the values that it uses.")
        elif expression in derived:
            rule = f"The formula does not always work: {first} Such points are never run."
            report.warning(place, rule, "mend it, or `forbid` those points.")


def _try(expression: Expression, trial: _Trial, point: dict[Path, Any]) -> None:
    try:
        evaluate(expression, point)
        trial.worked += 1
    except ExpressionError as error:
        trial.failures.append(error)


def _points(parameters: Sequence[Parameter], rng: random.Random) -> Iterator[dict[Path, Any]]:
    """Points with all that exists in them and can be computed."""
    in_order = ordered(parameters)
    candidates = {parameter.path: _candidates(parameter.distribution) for parameter in in_order}
    for _ in range(_POINTS):
        point: dict[Path, Any] = {}
        for parameter in in_order:
            if not exists(parameter, point):
                continue
            match parameter.distribution:
                case Derived(expression):
                    try:
                        point[parameter.path] = evaluate(expression, point)
                    except ExpressionError:
                        continue
                case _:
                    point[parameter.path] = rng.choice(candidates[parameter.path])
        yield point


def _candidates(distribution: Distribution) -> Sequence[Any]:
    """Some of the values that a parameter can have."""
    match distribution:
        case Derived():
            return ()
        case Constant(value):
            return (value,)
        case Categorical(values):
            return values
        case IntUniform(low, high):
            return (low, (low + high) // 2, high)
        case Uniform(low, high) | LogUniform(low, high):
            return (low, (low + high) / 2, high)
        case Normal(mu, sigma):
            return (mu - sigma, mu, mu + sigma)
        case LogNormal():
            return (0.5, 1.0, 2.0)
        case Beta():
            return (0.25, 0.5, 0.75)


def _place(expression: Expression, config: SweepConfig) -> Place:
    """Where a formula stands, as well as can be told from the checked configuration."""
    for number, condition in enumerate(config.forbid):
        if condition.expression == expression:
            return ("forbid", number)
    for parameter in config.parameters:
        key = "expr" if parameter.distribution == Derived(expression) else "when"
        if key == "expr" or any(condition.expression == expression for condition in parameter.when):
            return (*(step for name in parameter.path for step in ("parameters", name)), key)
    raise ValueError(f"no part of the configuration has the formula {expression.text!r}")
