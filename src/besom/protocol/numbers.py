"""Numbers that JSON does not know, as text."""

from __future__ import annotations

import math


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
