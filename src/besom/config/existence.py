"""Which parameters a point has, and what its derived values are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from besom.config.conditions import holds
from besom.config.expressions import evaluate
from besom.config.model import Derived, Parameter, Path


def needed_by(parameter: Parameter) -> tuple[Path, ...]:
    """The parameters that decide whether ``parameter`` exists or, for a derived one, what it is; each once."""
    paths = [path for condition in parameter.when for path in condition.paths]
    if isinstance(parameter.distribution, Derived):
        paths += parameter.distribution.expression.paths
    return tuple(dict.fromkeys(paths))


def ordered(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters with each after all that it needs.

    Raises:
        ValueError: some need each other in a circle; ``besom.config.load`` refuses such a configuration.
    """
    by_path = {parameter.path: parameter for parameter in parameters}
    return tuple(by_path[path] for path in _sorter(by_path).static_order() if path in by_path)


def circle(parameters: Iterable[Parameter]) -> tuple[Path, ...]:
    """Parameters of which each needs the next, and the last the first; empty when there is no such circle."""
    try:
        _sorter({parameter.path: parameter for parameter in parameters}).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1][1:]))
    return ()


def _sorter(parameters: Mapping[Path, Parameter]) -> TopologicalSorter[Path]:
    return TopologicalSorter({path: needed_by(parameter) for path, parameter in parameters.items()})


def exists(parameter: Parameter, values: Mapping[Path, Any]) -> bool:
    """Whether a point with ``values``, which are complete as far as ``parameter`` needs them, has this parameter."""
    if not all(holds(condition, values) for condition in parameter.when):
        return False
    if isinstance(parameter.distribution, Derived):
        return all(path in values for path in parameter.distribution.expression.paths)
    return True


def complete(parameters: Sequence[Parameter], values: Mapping[Path, Any]) -> dict[Path, Any]:
    """The point that ``values`` stand for: without what does not exist, with derived values, in the given order.

    Raises:
        ExpressionError: a derived value cannot be computed; such a point is never run.
        KeyError: a parameter that exists and is not derived has no value.
    """
    point: dict[Path, Any] = {}
    for parameter in ordered(parameters):
        if exists(parameter, point):
            match parameter.distribution:
                case Derived(expression):
                    point[parameter.path] = evaluate(expression, point)
                case _:
                    point[parameter.path] = values[parameter.path]
    return {parameter.path: point[parameter.path] for parameter in parameters if parameter.path in point}
