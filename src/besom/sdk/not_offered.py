"""Functions of W&B that scripts may call, and that have no work to do here."""

from __future__ import annotations

from typing import Any, NoReturn

from besom.errors import UsageError


def require(*_requirement: Any, **_options: Any) -> None:
    """Does nothing: there are no features to be switched on."""


def controller(*_sweep: Any, **_options: Any) -> NoReturn:
    """Search in the user's own process, which is not offered.

    Raises:
        UsageError: always; says what to do instead.
    """
    raise UsageError(
        "besom.controller(): search runs on the server, not in a program of yours.",
        "To try points of your own: besom.Api().sweep(ID).enqueue_run({...}).",
    )
