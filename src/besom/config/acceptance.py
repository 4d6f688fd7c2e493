"""Which values a parameter can have: the question behind points and conditions that people write by hand."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

from besom.config.entry import Number, as_number
from besom.config.equality import same
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    Derived,
    IntUniform,
    LogNormal,
    LogUniform,
    Method,
    Normal,
    Parameter,
    Uniform,
)
from besom.config.problem import show

NO_VALUE: Final = object()
_SHOWN_VALUES = 8


def accept(parameter: Parameter, value: Any, method: Method) -> Any:
    """The value as a run gets it; ``NO_VALUE`` when the parameter cannot have it.

    A grid takes its own points only; elsewhere a parameter with a step takes its multiples. Of a derived value nothing
    is known, so anything is accepted.
    """
    match parameter.distribution:
        case Derived():
            return value
        case Constant(only):
            return only if same(value, only) else NO_VALUE
        case Categorical(values):
            return next((listed for listed in values if same(value, listed)), NO_VALUE)
        case IntUniform(low, high):
            number = as_number(value)
            return int(number) if number is not None and low <= number <= high and number == int(number) else NO_VALUE
        case distribution:
            number = as_number(value)
            if number is None or not math.isfinite(number):
                return NO_VALUE
            least, most = _bounds(distribution)
            if not least <= number <= most:
                return NO_VALUE
            if distribution.q is None:
                return float(number)
            start = least if method == "grid" else 0
            if not _is_step(number, start, distribution.q) or (method == "grid" and number == most):
                return NO_VALUE
            return int(number) if isinstance(distribution.q, int) and number == int(number) else float(number)


def only_value(parameter: Parameter) -> Any:
    """The value of a parameter that has just one; else ``NO_VALUE``."""
    match parameter.distribution:
        case Constant(value):
            return value
        case Categorical(values) if all(same(value, values[0]) for value in values):
            return values[0]
        case IntUniform(low, high) if low == high:
            return low
    return NO_VALUE


def rule(parameter: Parameter, method: Method) -> str:
    """What ``accept`` asks, as a sentence."""
    match parameter.distribution:
        case Derived(expression):
            return f"The parameter is always `{expression.text}`."
        case Constant(value):
            return f"The parameter is always {show(value)}."
        case Categorical(values):
            more = ", …" if len(values) > _SHOWN_VALUES else ""
            return f"The parameter is one of {', '.join(map(show, values[:_SHOWN_VALUES]))}{more}."
        case IntUniform(low, high):
            return f"The parameter is a whole number from {low} to {high}."
        case distribution:
            least, most = _bounds(distribution)
            if math.isinf(most):
                kind = "The parameter is a finite number" if math.isinf(least) else "The parameter is a number above 0"
            else:
                kind = f"The parameter is a number from {least:g} to {most:g}"
            if distribution.q is None:
                return f"{kind}."
            start = f" from {least:g} on, below {most:g}" if method == "grid" else ""
            return f"{kind}, in steps of {distribution.q:g}{start}."


def _bounds(distribution: Uniform | LogUniform | Normal | LogNormal | Beta) -> tuple[float, float]:
    match distribution:
        case Uniform(low, high) | LogUniform(low, high):
            return low, high
        case Beta():
            return 0.0, 1.0
        case LogNormal():
            return 0.0, math.inf
        case _:
            return -math.inf, math.inf


def _is_step(number: Number, start: Number, q: Number) -> bool:
    steps = (Decimal(repr(number)) - Decimal(repr(start))) / Decimal(repr(q))
    return math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-9)
