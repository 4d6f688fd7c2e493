"""The runs of this process that have not ended, and which of them is the active one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.errors import UsageError

if TYPE_CHECKING:
    from besom.sdk.run import Run

_active: Run | None = None
_open: list[Run] = []


def run() -> Run | None:
    """The run that ``init`` began last and ``finish`` has not ended; not one that began with ``create_new``."""
    return _active


def runs() -> list[Run]:
    """All runs that have begun here and not ended, in the order of their beginning."""
    return list(_open)


def need(call: str) -> Run:
    """The active run.

    Raises:
        UsageError: there is none; ``call`` is what the user wrote.
    """
    if _active is None:
        raise UsageError(f"{call} was called, and no run is active.", "Call besom.init() first.")
    return _active


def begun(new: Run, active: bool = True) -> None:
    """Notes a run that has begun, and makes it the active one unless told not to."""
    global _active  # noqa: PLW0603  (this module is that variable)
    _open.append(new)
    if active:
        _active = new


def ended(old: Run) -> None:
    """Notes that a run has ended, here or in the process that this one was forked from."""
    global _active  # noqa: PLW0603
    if old in _open:
        _open.remove(old)
    if _active is old:
        _active = None
