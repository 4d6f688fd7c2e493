"""Captures what the program prints while its run is active."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from besom.errors import BesomError
from besom.protocol import OutputRecord


class Capture(Protocol):
    """A way to capture; it works from when it is made."""

    def stop(self) -> None:
        """Puts everything back, after the last line has been kept."""


_one = threading.Lock()
"""Held by the run that captures: of runs side by side in one process the first one does."""


def start(how: str, folder: Path, write: Callable[[OutputRecord], object]) -> Callable[[], None] | None:
    """Starts to capture; returns what ends it, None when there is nothing to end.

    Args:
        how: ``redirect``, ``wrap``, ``auto`` (the first of them that can be) or ``off``.
        folder: the run's.
        write: writes into the run's spool.
    """
    if how == "off" or not _one.acquire(blocking=False):
        return None
    capture: Capture | None = None
    try:
        capture = _begin(how, folder, write)
    except OSError:  # a disk that is full, a limit of processes: no reason to disturb the program
        return None
    finally:
        if capture is None:
            _one.release()

    def stop() -> None:
        try:
            with contextlib.suppress(OSError, BesomError):
                capture.stop()
        finally:
            _one.release()

    return stop


def _begin(how: str, folder: Path, write: Callable[[OutputRecord], object]) -> Capture:
    if how == "redirect" or (how == "auto" and _own_descriptors()):
        from besom.sdk.capture.redirect import Redirect  # late: brings subprocess

        with contextlib.suppress(OSError):
            return Redirect(folder, write)
    from besom.sdk.capture.wrap import Wrap

    return Wrap(folder, write)


def _own_descriptors() -> bool:
    """Whether what Python prints goes to the process's own standard output and error. In notebooks it does not."""
    streams = {1: sys.stdout, 2: sys.stderr}
    try:
        # A notebook's streams tell a number, and do not write to it.
        own = all(isinstance(stream, io.TextIOWrapper) and stream.fileno() == n for n, stream in streams.items())
    except (OSError, ValueError):  # closed
        return False
    return own and bool(sys.executable)


def recover(folder: Path, spool: Path) -> None:
    """Brings into the spool of a program that has certainly ended what it had printed."""
    if has_last_words(folder):  # hardly ever: spares the imports
        from besom.sdk.capture.recovery import recover as bring

        bring(folder, spool)


def has_last_words(folder: Path) -> bool:
    """Whether a program has printed what may not be in its spool."""
    from besom.sdk.capture import printed, tee

    return any((folder / name).exists() for name in (tee.RECORDS_NAME, printed.NAME))
