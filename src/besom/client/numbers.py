"""NaN and the infinities, back from the strings in which they travel."""

from __future__ import annotations

from typing import Any

from besom.protocol import decode_number


def decode_deep(value: Any) -> Any:
    """``decode_number`` at every depth of dicts and lists."""
    if isinstance(value, dict):
        return {key: decode_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode_deep(item) for item in value]
    return decode_number(value)
