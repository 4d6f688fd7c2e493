"""Checks a point that a person gives by hand: ``start_with`` of a configuration, a configuration that is queued."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from besom.config.entry import Number, as_number
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    IntUniform,
    LogNormal,
    LogUniform,
    Method,
    Normal,
    Parameter,
    Uniform,
)
from besom.config.problem import Path, show
from besom.config.report import Report
from besom.config.spelling import did_you_mean

Point = dict[tuple[str, ...], Any]
"""Values by the path of their parameter."""

_ABSENT = object()
_SHOWN_VALUES = 8


def check_point(
    given: Any, parameters: Sequence[Parameter], method: Method, path: Path, report: Report
) -> Point | None:
    """The values of all parameters, or None when something was reported.

    Args:
        given: Nested as in a run's config. What is left out takes the parameter's only value, if it has just one.
        parameters: Of the sweep.
        method: A grid takes its own points only; where else a parameter has a step, its multiples.
        path: Where the point stands, for messages.
        report: Hears of every problem.
    """
    if not isinstance(given, Mapping):
        report.error(
            path, "A point maps each parameter's name to its value.", "write, for example, `{lr: 0.01}`.", given
        )
        return None
    sound = _known_keys(given, parameters, (), path, report)
    point: Point = {}
    for parameter in parameters:
        value = _value_at(given, parameter.path)
        here = (*path, *parameter.path)
        if value is _ABSENT:
            value = _only_value(parameter)
            if value is _ABSENT:
                report.error(here, "The parameter has no value here, and more than one is possible.", "add it.")
                sound = False
                continue
        accepted = _accept(parameter, value, method)
        if accepted is _ABSENT:
            report.error(here, _rule(parameter, method), "choose another value.", value)
            sound = False
            continue
        point[parameter.path] = accepted
    return point if sound else None


def read_point(given: Any, parameters: Sequence[Parameter], method: Method) -> Point:
    """The values of all parameters of a point that is given alone.

    Raises:
        ConfigError: with every problem at once.
    """
    report = Report()
    point = check_point(given, parameters, method, (), report)
    report.close()
    if point is None:
        raise AssertionError("the check reported no error, yet gave no point")
    return point


def check_points(
    given: Any, parameters: Sequence[Parameter], method: Method, path: Path, report: Report
) -> tuple[Point, ...]:
    """The points of a list, all different; ``None`` is an empty list. Reports as ``check_point`` does."""
    if given is None:
        return ()
    if not isinstance(given, list):
        report.error(path, "This is a list of points.", "write, for example, `start_with: [{lr: 0.01}]`.", given)
        return ()
    points: list[Point] = []
    for number, item in enumerate(given):
        point = check_point(item, parameters, method, (*path, number), report)
        if point is None:
            continue
        if any(_equal(point, other) for other in points):
            report.error((*path, number), "The same point is in the list before.", "remove one of them.", item)
        points.append(point)
    return tuple(points)


def _equal(one: Point, other: Point) -> bool:
    return all(_same(value, other[name]) for name, value in one.items())


def _known_keys(
    given: Mapping[str, Any], parameters: Sequence[Parameter], group: tuple[str, ...], path: Path, report: Report
) -> bool:
    """Reports keys that no parameter has."""
    sound = True
    depth = len(group)
    names = {p.path[depth]: len(p.path) == depth + 1 for p in parameters if p.path[:depth] == group}
    for key, value in given.items():
        if key not in names:
            guess = did_you_mean(key, tuple(names))
            report.error((*path, *group, key), f"The sweep has no parameter `{key}` here.{guess}", "remove it.", value)
            sound = False
        elif not names[key]:
            if isinstance(value, Mapping):
                sound &= _known_keys(value, parameters, (*group, key), path, report)
            else:
                report.error((*path, *group, key), "This is a group of parameters.", "nest their values in it.", value)
                sound = False
    return sound


def _value_at(given: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(given, Mapping) or name not in given:
            return _ABSENT
        given = given[name]
    return given


def _only_value(parameter: Parameter) -> Any:
    match parameter.distribution:
        case Constant(value):
            return value
        case Categorical(values) if all(_same(value, values[0]) for value in values):
            return values[0]
        case IntUniform(low, high) if low == high:
            return low
    return _ABSENT


def _accept(parameter: Parameter, value: Any, method: Method) -> Any:
    """The value as a run gets it; ``_ABSENT`` when the parameter cannot have it."""
    match parameter.distribution:
        case Constant(only):
            return only if _same(value, only) else _ABSENT
        case Categorical(values):
            return next((listed for listed in values if _same(value, listed)), _ABSENT)
        case IntUniform(low, high):
            number = as_number(value)
            return int(number) if number is not None and low <= number <= high and number == int(number) else _ABSENT
        case distribution:
            number = as_number(value)
            if number is None or not math.isfinite(number):
                return _ABSENT
            least, most = _bounds(distribution)
            if not least <= number <= most:
                return _ABSENT
            if distribution.q is None:
                return float(number)
            start = least if method == "grid" else 0
            if not _is_step(number, start, distribution.q) or (method == "grid" and number == most):
                return _ABSENT
            return int(number) if isinstance(distribution.q, int) and number == int(number) else float(number)


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


def _rule(parameter: Parameter, method: Method) -> str:
    match parameter.distribution:
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
                rule = "The parameter is a finite number" if math.isinf(least) else "The parameter is a number above 0"
            else:
                rule = f"The parameter is a number from {least:g} to {most:g}"
            if distribution.q is None:
                return f"{rule}."
            start = f" from {least:g} on, below {most:g}" if method == "grid" else ""
            return f"{rule}, in steps of {distribution.q:g}{start}."


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 and 1.0 are, true and 1 are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other if isinstance(one, str) else bool(one == other)
