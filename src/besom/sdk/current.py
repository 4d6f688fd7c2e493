"""The one active run of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.errors import UsageError

if TYPE_CHECKING:
    from besom.sdk.run import Run

_active: Run | None = None


def run() -> Run | None:
    """The run that ``init`` began and ``finish`` has not ended."""
    return _active


def need(call: str) -> Run:
    """The active run.

    Raises:
        UsageError: there is none; ``call`` is what the user wrote.
    """
    if _active is None:
        raise UsageError(f"{call} was called, and no run is active.", "Call besom.init() first.")
    return _active


def set_run(new: Run | None) -> None:
    """Makes ``new`` the active run."""
    global _active  # noqa: PLW0603  (this module is that variable)
    _active = new
