"""Lines for the person who runs the program: on standard error, in notebooks below the cell.

None with ``BESOM_SILENT`` or ``WANDB_SILENT``.
"""

from __future__ import annotations

from besom.client import settings
from besom.sdk import notebook

_TRUE = {"1", "true", "yes", "on"}
_silent = False


def silence(silent: bool) -> None:
    """What ``Settings(silent=...)`` says; holds for the whole process."""
    global _silent  # noqa: PLW0603  (there is one standard error)
    _silent = silent


def say(line: str) -> None:
    """Prints a line, away from the program's own output."""
    silent = _silent or (settings.variable("SILENT") or "").lower() in _TRUE
    stream = notebook.messages_to()
    if not silent and stream is not None:
        print(f"besom: {line}", file=stream, flush=True)


def warn(line: str) -> None:
    """Prints a warning."""
    say(f"warning: {line}")
