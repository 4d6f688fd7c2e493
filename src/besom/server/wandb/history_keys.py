"""Which keys a run has logged, in the client's words: groups are flattened with dots, each key has the types of its
values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from besom.server.store.key_counts import KeyCounts


def describe_keys(counts: KeyCounts, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The keys, each with what the run's summary says of its latest value."""
    keys: dict[str, Any] = {
        "_step": _key("number", counts.rows, counts.last_step, monotonic=True),
        "_timestamp": _key("number", counts.rows, summary.get("_timestamp"), monotonic=True),
    }
    for name, numbers in counts.numbers.items():
        latest = summary.get(name)
        if numbers:
            keys[name] = _key("number", numbers, latest)
        elif isinstance(latest, Mapping) and "_type" not in latest:
            keys |= {path: _key(_type(value), None, value) for path, value in _leaves(name, latest)}
        else:
            keys[name] = _key(_type(latest), None, latest)
    return {"sets": [], "keys": keys, "lastStep": counts.last_step}


def _key(kind: str, count: int | None, latest: Any, *, monotonic: bool = False) -> dict[str, Any]:
    kinds = {"type": kind} if count is None else {"type": kind, "count": count}
    previous = None if isinstance(latest, Mapping | list) else latest
    return {"typeCounts": [kinds], "monotonic": monotonic, "previousValue": previous}


def _leaves(name: str, group: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in group.items():
        path = f"{name}.{key}"
        if isinstance(value, Mapping) and "_type" not in value:
            yield from _leaves(path, value)
        else:
            yield path, value


def _type(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("_type", "map"))
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "list" if isinstance(value, list) else "null"
