"""Which point of a sweep's space a run has that was not handed out by its present configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.server.services.configs import Plan

Values = dict[tuple[str, ...], Any]


def known_values(plan: Plan, *sources: Mapping[str, Any] | None) -> Values:
    """The values of the sweep's parameters in nested dicts, the later ones over the earlier."""
    from besom.search import unnest

    paths = [parameter.path for parameter in plan.config.parameters]
    found: Values = {}
    for source in sources:
        found |= unnest(source or {}, paths)
    return found


def point_of(plan: Plan, values: Values) -> Values | None:
    """The point that has these values; None where one is lacking, or on a grid where there is no such point.

    On a grid 1.0 is as good as 1. Derived values, which no program need have known, are computed.
    """
    from besom.config.existence import complete
    from besom.config.expressions import ExpressionError

    repeat = plan.config.repeat
    try:
        point = complete([p for p in plan.config.parameters if repeat is None or p.path != repeat.parameter], values)
    except (KeyError, ExpressionError):
        return None
    if plan.config.method == "grid":
        if repeat is not None and repeat.parameter is not None:
            point[repeat.parameter] = repeat.values[0]
        index = plan.grid.index(point)
        point = {} if index is None else plan.grid.point(index)
    return point or None


def identity_of(plan: Plan, point: Values | None) -> str | None:
    """The identity of a point's configuration."""
    from besom.search import configuration_hash

    return configuration_hash(plan.config, point) if point else None
