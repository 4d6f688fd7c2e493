"""Builds the dictionary a run sees from the values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def nest(values: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return ``{"optimizer": {"lr": 0.1}}`` for the value 0.1 at ``("optimizer", "lr")``; the order is kept."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        level = tree
        for name in path[:-1]:
            level = level.setdefault(name, {})
        level[path[-1]] = value
    return tree
