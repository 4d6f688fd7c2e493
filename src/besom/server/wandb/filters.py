"""Filters and orders as the client writes them, in besom's words: what it calls a name is an id here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

_FIELDS = {"name": "id", "display_name": "name", "displayName": "name"}


def filter_text(*filters: Any) -> str:
    """The filter that holds where all of these hold, as ``services.run_lists`` takes it; None or empty always holds."""
    return msgspec.json.encode({"$and": [_renamed(given) for given in filters if given] or [{}]}).decode()


def order_text(order: str | None) -> str | None:
    """The order as ``services.run_lists`` takes it."""
    if not order:
        return None
    return ",".join(_renamed_key(part.strip()) for part in order.split(","))


def _renamed(given: Any) -> Any:
    if isinstance(given, list):
        return [_renamed(part) for part in given]
    if not isinstance(given, Mapping):
        return given
    return {
        _FIELDS.get(key, key): _renamed(value) if key in ("$and", "$or", "$nor", "$not") else value
        for key, value in given.items()
    }


def _renamed_key(key: str) -> str:
    sign = key[:1] if key[:1] in ("+", "-") else ""
    name = key.removeprefix(sign)
    return sign + _FIELDS.get(name, name)
