"""Numbers that JSON does not know, as text."""

from __future__ import annotations

import math
from typing import Any


def encode_number(value: float) -> float | str:
    """A float as JSON can carry it: NaN and the infinities as strings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def decode_number(value: object) -> object:
    """The inverse of ``encode_number``; everything else is returned as it is."""
    return NON_FINITE.get(value, value) if isinstance(value, str) else value


def mark_numbers(value: Any) -> Any:
    """``encode_number`` at every depth of dicts, lists and tuples."""
    if isinstance(value, float):
        return value if math.isfinite(value) else encode_number(value)
    if isinstance(value, dict):
        return {key: mark_numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mark_numbers(item) for item in value]
    return value


def decode_deep(value: Any) -> Any:
    """``decode_number`` at every depth of dicts and lists."""
    if isinstance(value, dict):
        return {key: decode_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode_deep(item) for item in value]
    return decode_number(value)
