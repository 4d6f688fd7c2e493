"""What every message is, and where the API lives."""

from __future__ import annotations

import msgspec

API_VERSION = 1
API_PREFIX = f"/api/v{API_VERSION}"
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no JSON, or not of the shape that is asked for."""


class Message(msgspec.Struct):
    """Base of every message; unknown fields are ignored, so that old and new can talk to each other."""
