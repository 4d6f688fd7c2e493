"""Moments and durations as text."""

from __future__ import annotations

import datetime

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def iso_time(seconds: float) -> str:
    """Unix seconds in UTC, as ``2026-01-31T12:00:00Z``."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: float) -> str:
    """Seconds as people say them: ``0.42 s``, ``12 s``, ``3 min 5 s``, ``2 h 10 min``, ``1 d 1 h``."""
    if seconds < 10:
        return f"{max(seconds, 0.0):.2f} s"
    left, words = round(seconds), []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2])
