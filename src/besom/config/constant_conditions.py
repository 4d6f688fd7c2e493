"""Warns of formulas of ``when`` and ``forbid`` that listed values decide once and for all: most often a misspelt value.

Where a condition lists values instead, those that its parameter cannot have are errors.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from besom.config.expressions import ExpressionError, evaluate
from besom.config.formula_trial import places
from besom.config.model import Categorical, Constant, Expression, IntUniform, Parameter, Path, SweepConfig
from besom.config.problem import show
from besom.config.report import Report

_MOST_COMBINATIONS = 10_000
"""Of one formula."""
_MOST_EVALUATIONS = 50_000
"""Of all formulas together."""
_MOST_SHOWN = 5


def warn_of_constant_conditions(config: SweepConfig, report: Report) -> None:
    """Warn where a ``when`` never holds, and where a ``forbid`` never or always does."""
    parameters = {parameter.path: parameter for parameter in config.parameters}
    left = _MOST_EVALUATIONS
    for place, expression in dict(places(config)).items():
        combinations = math.prod(len(_values(parameters[path])) for path in expression.paths)
        if place[-1] == "expr" or combinations > min(left, _MOST_COMBINATIONS):
            continue
        left -= combinations
        truths = _truths(expression, parameters)
        used = ", ".join(_described(parameters[path]) for path in expression.paths)
        fix = "mend the formula, or the values."
        if True not in truths and False in truths:
            name = ".".join(map(str, place[1:-1:2]))
            rule = "It forbids nothing" if place[0] == "forbid" else f"`{name}` never exists"
            report.warning(place, f"{rule}: the formula is false for all values of {used}.", fix)
        elif truths == {True} and place[0] == "forbid":
            report.warning(place, f"It forbids everything: the formula is true for all values of {used}.", fix)


def _truths(expression: Expression, parameters: Mapping[Path, Parameter]) -> set[bool | None]:
    """What the formula comes to, None where it fails; not all of it where it is both true and false."""
    truths: set[bool | None] = set()
    for values in itertools.product(*(_values(parameters[path]) for path in expression.paths)):
        if {True, False} <= truths:
            break
        try:
            truths.add(bool(evaluate(expression, dict(zip(expression.paths, values, strict=True)))))
        except ExpressionError:
            truths.add(None)
    return truths


def _values(parameter: Parameter) -> Sequence[Any]:
    """All values of a parameter; empty where they are not listed."""
    match parameter.distribution:
        case Constant(value):
            return (value,)
        case Categorical(values):
            return values
        case IntUniform(low, high):
            return range(low, high + 1)
    return ()


def _described(parameter: Parameter) -> str:
    values = _values(parameter)
    if isinstance(values, range):
        return f"`{parameter.name}` ({values[0]} to {values[-1]})"
    return f"`{parameter.name}` ({', '.join(map(show, values[:_MOST_SHOWN]))}{', ...' * (len(values) > _MOST_SHOWN)})"
