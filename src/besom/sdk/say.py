"""Lines for the person who runs the program: on standard error, none with ``BESOM_SILENT`` or ``WANDB_SILENT``."""

from __future__ import annotations

import sys

from besom.client import settings

_TRUE = {"1", "true", "yes", "on"}


def say(line: str) -> None:
    """Prints a line, away from the program's own output."""
    if (settings.variable("SILENT") or "").lower() not in _TRUE and sys.stderr is not None:
        print(f"besom: {line}", file=sys.stderr, flush=True)


def warn(line: str) -> None:
    """Prints a warning."""
    say(f"warning: {line}")
