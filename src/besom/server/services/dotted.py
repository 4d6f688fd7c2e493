"""Values by dotted names, as metrics and keys of the history are named. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOTHING: Any = object()
"""Stands for a value that is not there, where None may be one."""


def value_of(data: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """The value that was logged under a name; ``a.b`` is also key b of the group that was logged as a.

    A key that is written with its dots comes before a group. ``default`` is returned where there is neither.
    """
    if name in data or "." not in name:
        return data.get(name, default)
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        group = data.get(".".join(parts[:end]))
        if isinstance(group, Mapping):
            found = value_of(group, ".".join(parts[end:]), NOTHING)
            if found is not NOTHING:
                return found
    return default
