"""A point of the search: what one run is handed out, as a map from parameter path to value, and its identity."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from besom.config.equality import canonical
from besom.config.model import SweepConfig
from besom.config.nesting import nest

__all__ = [
    "Path",
    "Values",
    "canonical",
    "canonical_json",
    "configuration_hash",
    "identity",
    "nest",
    "point_hash",
    "unnest",
]

Path = tuple[str, ...]
Values = Mapping[Path, Any]


def unnest(config: Mapping[str, Any], paths: Iterable[Path]) -> dict[Path, Any]:
    """Pick the values at ``paths`` out of a nested config; a path that is not there is left out."""
    values = {}
    for path in paths:
        node: Any = config
        for level in path:
            if not isinstance(node, Mapping) or level not in node:
                break
            node = node[level]
        else:
            values[path] = node
    return values


def canonical_json(values: Values) -> str:
    """One text per point: keys sorted, no spaces, integral floats written as integers at every depth."""
    return _dump(nest(values))


def point_hash(values: Values) -> str:
    """Hex SHA-256 of the canonical JSON: the identity of what was handed out, 64 characters."""
    return hashlib.sha256(canonical_json(values).encode()).hexdigest()


def configuration_hash(config: SweepConfig, values: Values) -> str:
    """``point_hash`` without the parameter that tells repeats apart: the same for all runs of one configuration."""
    repeated = config.repeat.parameter if config.repeat else None
    return point_hash({path: value for path, value in values.items() if path != repeated})


def identity(value: Any) -> Hashable:
    """A hashable, equal for equal values: ``1`` and ``1.0`` are, ``true`` and ``1`` are not, key order is nothing."""
    if isinstance(value, bool):
        return ("bool", value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return ("nan",) if math.isnan(value) else value
    return ("json", _dump(value))


def _dump(value: Any) -> str:
    return json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
