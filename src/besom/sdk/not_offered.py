"""Functions of W&B that scripts may call, and that have no work to do here."""

from __future__ import annotations

from typing import Any


def require(*_requirement: Any, **_options: Any) -> None:
    """Does nothing: there are no features to be switched on."""
