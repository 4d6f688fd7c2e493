"""Checks a point that a person gives by hand: ``start_with`` of a configuration, a configuration that is queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from besom.config.acceptance import NO_VALUE, accept, only_value, rule
from besom.config.conditions import describe, holds
from besom.config.equality import fingerprint, same
from besom.config.existence import exists, needed_by, ordered
from besom.config.expressions import ExpressionError, evaluate
from besom.config.model import Derived, Parameter, SweepConfig
from besom.config.model import Path as ParameterPath
from besom.config.problem import Path, show
from besom.config.report import Report
from besom.config.spelling import did_you_mean
from besom.config.zips import paired_rows

Point = dict[ParameterPath, Any]
"""Values by the path of their parameter."""
_MOST_POINTS = 1_000
"""In a list: they are queued in one transaction, while others wait."""


def read_point(given: Any, config: SweepConfig, source: str | None = None) -> Point:
    """The values of all parameters that exist at a point that is given alone; see ``check_point``.

    Args:
        given: The point.
        config: Of the sweep.
        source: What the message calls it.

    Raises:
        ConfigError: with every problem at once.
    """
    report = Report(source=source)
    point = check_point(given, config, (), report)
    report.close()
    if point is None:
        raise AssertionError("the check reported no error, yet gave no point")
    return point


def check_points(given: Any, config: SweepConfig, path: Path, report: Report) -> tuple[Point, ...]:
    """The points of a list, all different; ``None`` is an empty list. Reports as ``check_point`` does."""
    if given is None:
        return ()
    if not isinstance(given, list):
        report.error(path, "This is a list of points.", "write, for example, `start_with: [{lr: 0.01}]`.", given)
        return ()
    if len(given) > _MOST_POINTS and report.bounded:
        broken = f"The list has {len(given):,} points; at most {_MOST_POINTS:,} can be queued with a sweep."
        report.error(path, broken, "queue the others with `besom enqueue` when the sweep is there, or search a grid.")
        return ()
    points: list[Point] = []
    seen: set[str] = set()
    for number, item in enumerate(given):
        point = check_point(item, config, (*path, number), report)
        if point is None:
            continue
        key = fingerprint(list(point.items()))
        if key in seen:
            report.error((*path, number), "The same point is in the list before.", "remove one of them.", item)
        seen.add(key)
        points.append(point)
    return tuple(points)


def check_point(given: Any, config: SweepConfig, path: Path, report: Report) -> Point | None:
    """The values of all parameters that exist at a point, derived ones included; None when something was reported.

    Args:
        given: Nested as in a run's config. What is left out takes the parameter's only value, if it has just one, or
            the one that is paired with what is given.
        config: Of the sweep. The parameter that counts repeats is no part of a point; where an outside engine makes
            up the parameters, any point will do.
        path: Where the point stands, for messages.
        report: Hears of every problem.
    """
    if not isinstance(given, Mapping):
        report.error(
            path, "A point maps each parameter's name to its value.", "write, for example, `{lr: 0.01}`.", given
        )
        return None
    if not config.parameters:
        return {(name,): value for name, value in given.items()}
    repeated = config.repeat.parameter if config.repeat else None
    parameters = [parameter for parameter in config.parameters if parameter.path != repeated]
    sound = _known_keys(given, parameters, (), path, report)
    values = {parameter.path: _value_at(given, parameter.path) for parameter in parameters}
    for paths in config.zips:
        sound &= _complete_pair(paths, values, parameters, path, report)
    point: Point = {}
    unknown: set[ParameterPath] = set()
    for parameter in ordered(parameters):
        if unknown.intersection(needed_by(parameter)) or not _add(
            parameter, values[parameter.path], config, point, path, report
        ):
            unknown.add(parameter.path)
    if unknown or not sound:
        return None
    for number, condition in enumerate(config.forbid):
        if holds(condition, point):
            rule = f"`forbid[{number}]` rules this point out: {describe(condition)}."
            report.error(path, rule, "change the point, or the rule.", given)
            return None
    return {parameter.path: point[parameter.path] for parameter in parameters if parameter.path in point}


def _add(parameter: Parameter, value: Any, config: SweepConfig, point: Point, path: Path, report: Report) -> bool:
    """Put the parameter's value into ``point``, if it exists there; False when something was reported."""
    here = (*path, *parameter.path)
    if not exists(parameter, point):
        if value is NO_VALUE:
            return True
        report.error(here, f"The parameter does not exist here: {_why_absent(parameter, point)}.", "remove it.", value)
        return False
    if isinstance(parameter.distribution, Derived):
        return _add_derived(parameter, parameter.distribution, value, point, here, report)
    if value is NO_VALUE:
        value = only_value(parameter)
        if value is NO_VALUE:
            report.error(here, "The parameter has no value here, and more than one is possible.", "add it.")
            return False
    accepted = accept(parameter, value, config.method)
    if accepted is NO_VALUE:
        report.error(here, rule(parameter, config.method), "choose another value.", value)
        return False
    point[parameter.path] = accepted
    return True


def _add_derived(parameter: Parameter, derived: Derived, value: Any, point: Point, here: Path, report: Report) -> bool:
    try:
        computed = evaluate(derived.expression, point)
    except ExpressionError as error:
        report.error(here, str(error), "choose other values.")
        return False
    if value is not NO_VALUE and not same(value, computed):
        report.error(here, f"The parameter is computed, and is {show(computed)} here.", "remove it.", value)
        return False
    point[parameter.path] = computed
    return True


def _why_absent(parameter: Parameter, point: Point) -> str:
    failing = next((condition for condition in parameter.when if not holds(condition, point)), None)
    if failing is not None:
        return f"it needs {describe(failing)}"
    absent = next(path for path in needed_by(parameter) if path not in point)
    return f"it is computed from `{'.'.join(absent)}`, which does not"


def _complete_pair(
    paths: Sequence[ParameterPath], values: Point, parameters: Sequence[Parameter], path: Path, report: Report
) -> bool:
    """Fill in what belongs to the given values of paired parameters; report values that are no pair."""
    rows = [
        row
        for row in paired_rows(paths, parameters)
        if all(values[p] is NO_VALUE or same(values[p], item) for p, item in zip(paths, row, strict=True))
    ]
    names = ", ".join(f"`{'.'.join(p)}`" for p in paths)
    given = [p for p in paths if values[p] is not NO_VALUE]
    if not rows:
        report.error((*path, *given[0]), f"{names} go together, and have no such values in one place.", "change one.")
        return False
    if given and all(same(list(row), list(rows[0])) for row in rows):
        values.update(zip(paths, rows[0], strict=True))
    return True


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


def _value_at(given: Any, path: ParameterPath) -> Any:
    for name in path:
        if not isinstance(given, Mapping) or name not in given:
            return NO_VALUE
        given = given[name]
    return given
