"""When two values of a configuration are the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 and 1.0 are, true and 1 are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other if isinstance(one, str) else bool(one == other)


def fingerprint(value: Any) -> str:
    """A text, equal for values that are the ``same`` and different for others."""
    return json.dumps(canonical(value), sort_keys=True)


def canonical(value: Any) -> Any:
    """``value`` with everything removed that does not tell two values apart: tuples and lists, 1.0 and 1 are one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return value
