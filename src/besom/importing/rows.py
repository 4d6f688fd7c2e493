"""Values of the rows that W&B's client writes, as besom's records have them. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)
"""What values raise that no client writes: no text, no JSON, nested too deep, null or infinite where numbers belong."""
_LARGEST_STEP = 2**53


def read_step(value: Any) -> int:
    """The number of a row.

    Raises:
        ValueError, TypeError, OverflowError: it is none, or too large for JSON's readers.
    """
    step = int(value)
    if abs(step) > _LARGEST_STEP:
        raise ValueError(f"the step {step} is beyond 2^53")
    return step


def read_time(value: Any) -> float:
    """Seconds since 1970.

    Raises:
        ValueError, TypeError: it is no moment.
    """
    time = float(value)
    if not math.isfinite(time):
        raise ValueError(f"the time {time} is no moment")
    return time


def numbers_of(values: Mapping[str, Any]) -> dict[str, float]:
    """Those that are finite numbers, of a look at the machine."""
    return {
        key: float(value) for key, value in values.items() if isinstance(value, (int, float)) and math.isfinite(value)
    }
