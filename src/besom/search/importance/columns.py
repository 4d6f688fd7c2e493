"""Which columns a configuration's points make."""

from __future__ import annotations

from collections.abc import Sequence

from besom.config.model import Constant, Derived, Parameter, SweepConfig
from besom.search.importance.table import ABSENT, Column
from besom.search.point import Values


def searched(config: SweepConfig) -> list[Parameter]:
    """The parameters that a search chooses.

    Derived values follow from others, and the repeats' parameter tells repeats apart: neither is a choice. Parameters
    that advance together count once, under the first of them.
    """
    seconds = {path for paths in config.zips for path in paths[1:]}
    passed = {*seconds, config.repeat.parameter if config.repeat else None}
    return [p for p in config.parameters if p.path not in passed and not isinstance(p.distribution, Constant | Derived)]


def columns_of(config: SweepConfig, points: Sequence[Values]) -> list[Column]:
    """One column per parameter that the search chooses.

    Args:
        config: The configuration.
        points: n of them, each with the values that it was handed out.
    """
    together = {paths[0]: paths for paths in config.zips}
    return [
        Column(
            " + ".join(".".join(path) for path in together.get(parameter.path, (parameter.path,))),
            [point.get(parameter.path, ABSENT) for point in points],
            conditional=bool(parameter.when),
        )
        for parameter in searched(config)
    ]
