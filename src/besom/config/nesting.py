"""Builds the dictionary a run sees from the values of the leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from besom.config.model import Parameter


def nest(parameters: Sequence[Parameter], values_by_path: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return ``{"optimizer": {"lr": 0.1}}`` for the value 0.1 at ``("optimizer", "lr")``.

    Parameters without a value are left out; the order is that of ``parameters``.
    """
    tree: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.path not in values_by_path:
            continue
        level = tree
        for name in parameter.path[:-1]:
            level = level.setdefault(name, {})
        level[parameter.path[-1]] = values_by_path[parameter.path]
    return tree
