"""Lines for the person who runs the program: on standard error, none with ``BESOM_SILENT`` or ``WANDB_SILENT``."""

from __future__ import annotations

import sys

from besom.client import settings

_TRUE = {"1", "true", "yes", "on"}
_silent = False


def silence(silent: bool) -> None:
    """What ``Settings(silent=...)`` says; holds for the whole process."""
    global _silent  # noqa: PLW0603  (there is one standard error)
    _silent = silent


def say(line: str) -> None:
    """Prints a line, away from the program's own output."""
    silent = _silent or (settings.variable("SILENT") or "").lower() in _TRUE
    if not silent and sys.stderr is not None:
        print(f"besom: {line}", file=sys.stderr, flush=True)


def warn(line: str) -> None:
    """Prints a warning."""
    say(f"warning: {line}")
