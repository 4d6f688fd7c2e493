"""Moments as text."""

from __future__ import annotations

import datetime


def iso_time(seconds: float) -> str:
    """Unix seconds in UTC, as ``2026-01-31T12:00:00Z``."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
