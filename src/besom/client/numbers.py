"""NaN and the infinities, to and from the strings in which they travel."""

from __future__ import annotations

from typing import Any

from besom.protocol import decode_deep, encode_number

__all__ = ["decode_deep", "encode_deep"]


def encode_deep(value: Any) -> Any:
    """``encode_number`` at every depth of dicts, lists and tuples; scalars of NumPy and the like as Python's own."""
    if isinstance(value, dict):
        return {key: encode_deep(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode_deep(item) for item in value]
    if isinstance(value, float):
        return encode_number(float(value))
    item = getattr(value, "item", None)
    return encode_deep(item()) if callable(item) else value
