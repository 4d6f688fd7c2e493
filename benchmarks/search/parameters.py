"""Short ways to write the parameters of a sweep configuration."""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]


def real(low: float, high: float, **more: Any) -> Entry:
    """A real number on a linear scale; ``when`` among ``more``."""
    return {"distribution": "uniform", "min": float(low), "max": float(high), **more}


def log_real(low: float, high: float, **more: Any) -> Entry:
    """A real number on a logarithmic scale."""
    return {"distribution": "log_uniform_values", "min": float(low), "max": float(high), **more}


def integer(low: int, high: int, **more: Any) -> Entry:
    """An integer on a linear scale."""
    return {"distribution": "int_uniform", "min": low, "max": high, **more}


def log_integer(low: int, high: int, **more: Any) -> Entry:
    """An integer on a logarithmic scale."""
    return {"distribution": "q_log_uniform_values", "min": low, "max": high, "q": 1, **more}


def choice(*values: Any, **more: Any) -> Entry:
    """One of a list."""
    return {"values": list(values), **more}
