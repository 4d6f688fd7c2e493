"""Tries the formulas of a configuration on some of its points, so that one that can never work is told of at once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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

_MOST_POINTS = 50
_MOST_EVALUATIONS = 20_000


def try_formulas(config: SweepConfig, report: Report) -> None:
    """Report formulas that fail wherever they were tried, and warn of derived values that fail at some points.

    The points are the same every time: extreme and middle values of ranges, listed values, all chosen at random.
    """
    derived = [p.distribution.expression for p in config.parameters if isinstance(p.distribution, Derived)]
    conditions = (*(condition for parameter in config.parameters for condition in parameter.when), *config.forbid)
    conditional = [condition.expression for condition in conditions if condition.expression is not None]
    trials = {expression: _Trial() for expression in (*derived, *conditional)}
    if not trials:
        return
    in_order = ordered(config.parameters)
    candidates = {parameter.path: _candidates(parameter.distribution) for parameter in in_order}
    rng = random.Random(0)  # noqa: S311  nothing secret
    for _ in range(max(1, min(_MOST_POINTS, _MOST_EVALUATIONS // len(trials)))):
        _try_point(in_order, candidates, conditional, trials, rng)
    for expression, trial in trials.items():
        if trial.failure is None:
            continue
        place = next(place for place, found in places(config) if found == expression)
        if not trial.worked:
            report.error(place, f"The formula never works: {trial.failure}", "mend it, or the values that it uses.")
        elif expression in derived:
            rule = f"The formula does not always work: {trial.failure} Such points are never run."
            report.warning(place, rule, "mend it, or `forbid` those points.")


@dataclass(slots=True)
class _Trial:
    """How one formula fared."""

    worked: bool = False
    failure: ExpressionError | None = None

    def compute(self, expression: Expression, point: Mapping[Path, Any]) -> Any:
        """Its value, or ``_FAILED``."""
        try:
            value = evaluate(expression, point)
        except ExpressionError as error:
            self.failure = self.failure or error
            return _FAILED
        self.worked = True
        return value


_FAILED: Final = object()


def _try_point(
    in_order: Sequence[Parameter],
    candidates: Mapping[Path, Sequence[Any]],
    conditional: Sequence[Expression],
    trials: Mapping[Expression, _Trial],
    rng: random.Random,
) -> None:
    """Compute what has to be computed at one point: derived values that exist there, conditions whose names do."""
    point: dict[Path, Any] = {}
    for parameter in in_order:
        if not exists(parameter, point):
            continue
        match parameter.distribution:
            case Derived(expression):
                value = trials[expression].compute(expression, point)
            case _:
                value = rng.choice(candidates[parameter.path])
        if value is not _FAILED:
            point[parameter.path] = value
    for expression in conditional:
        if all(path in point for path in expression.paths):
            trials[expression].compute(expression, point)


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


def places(config: SweepConfig) -> Iterator[tuple[Place, Expression]]:
    """Where formulas stand, conditions of a group once for each parameter inside."""
    for number, condition in enumerate(config.forbid):
        if condition.expression is not None:
            yield ("forbid", number), condition.expression
    for parameter in config.parameters:
        own = {c.expression.text: c.expression for c in parameter.when if c.expression is not None}
        if isinstance(parameter.distribution, Derived):
            own[parameter.distribution.expression.text] = parameter.distribution.expression
        place: Place = ()
        body: Any = config.stored
        for name in parameter.path:
            place = (*place, "parameters", name)
            body = body["parameters"][name]
            for key in ("when", "expr"):
                if isinstance(text := body.get(key), str) and text in own:
                    yield (*place, key), own[text]
