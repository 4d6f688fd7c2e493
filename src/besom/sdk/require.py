"""``besom.require``, with which scripts switch on features of W&B that are not out yet."""

from __future__ import annotations

from typing import Any


def require(*_requirement: Any, **_options: Any) -> None:
    """Does nothing: besom has no features to be switched on."""
