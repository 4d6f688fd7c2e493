"""The points of a finite space the slow and obvious way: every combination, completed and checked one by one."""

import itertools

from besom.config.conditions import holds
from besom.config.existence import complete
from besom.config.expressions import ExpressionError
from besom.config.model import Categorical, Constant, Derived, IntUniform
from besom.search import point_hash


def all_points(config, listed):
    """By hash, every point of a configuration; ``listed`` gives the values of a distribution."""
    found = {}
    for combination in itertools.product(*_axes(config, listed)):
        values = {path: value for pairs in combination for path, value in pairs}
        try:
            point = complete(config.parameters, values)
        except ExpressionError:
            continue
        if not any(holds(condition, point) for condition in config.forbid):
            found[point_hash(point)] = point
    return found


def _axes(config, listed):
    by_path = {p.path: p for p in config.parameters}
    zipped = {path for group in config.zips for path in group}
    for group in config.zips:
        lists = [[(path, value) for value in by_path[path].distribution.values] for path in group]
        yield list(zip(*lists, strict=True))
    for path, parameter in by_path.items():
        if path not in zipped and not isinstance(parameter.distribution, Derived):
            yield [[(path, value)] for value in listed(parameter.distribution)]


def grid_values(distribution):
    """What a grid goes through."""
    match distribution:
        case Constant(value):
            return [value]
        case Categorical(values):
            return values
        case IntUniform(low, high):
            return range(low, high + 1)
    return [0.0, 0.5]  # of Uniform(0.0, 1.0, 0.5), the only stepped one in these tests


def space_values(distribution):
    """What can be drawn: both ends."""
    return [*grid_values(distribution), 1.0] if hasattr(distribution, "q") else grid_values(distribution)
