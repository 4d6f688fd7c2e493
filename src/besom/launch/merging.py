"""Adds what a user wrote to a manifest of Kubernetes."""

from __future__ import annotations

from typing import Any


def merged(base: Any, patch: Any) -> Any:
    """``base`` with ``patch`` laid over it: objects are merged by key, and ``null`` removes one.

    Lists whose items all have a ``name`` (containers, variables, volumes) are merged by it; other lists are replaced.
    """
    if isinstance(base, dict) and isinstance(patch, dict):
        both = {**base, **{key: merged(base.get(key), value) for key, value in patch.items()}}
        return {key: value for key, value in both.items() if value is not None}
    if _named(base) and _named(patch):
        changes = {item["name"]: item for item in patch}
        kept = [merged(item, changes.pop(item["name"], {})) for item in base]
        return [*kept, *(merged({}, item) for item in changes.values())]
    return merged({}, patch) if isinstance(patch, dict) else patch


def _named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "name" in item for item in value)
