"""What the SDK prints for the person who runs the program: on standard error, in notebooks below the cell.

Nothing with ``BESOM_SILENT`` or ``WANDB_SILENT``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from besom.client import settings
from besom.sdk import notebook

_SHOWN_VALUES = 8
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
        # Where nobody reads it, its disk is full or it is closed, or a signal handler broke into another line, training
        # goes on.
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            print(f"besom: {line}", file=stream, flush=True)


def warn(line: str) -> None:
    """Prints a warning."""
    say(f"warning: {line}")


def beginning(name: str, entity: str | None, project: str, url: str | None, resumed_at: int | None) -> list[str]:
    """Of a run that its server knows; ``resumed_at`` is the step at which it goes on."""
    going_on = "" if resumed_at is None else f", going on at step {resumed_at}"
    return [f"Run {name} of {entity}/{project}{going_on}", url or ""]


def ending(name: str, code: int, summary: Mapping[str, Any]) -> str:
    """How a run ended, with the last of its numbers."""
    how = "finished" if code == 0 else f"ended with code {code}" if code > 0 else "was interrupted"
    logged = any(not key.startswith("_") for key in summary)
    what = ", ".join(numbers(summary)) or ("no numbers logged" if logged else "nothing logged")
    return f"Run {name} {how}: {what}"


def numbers(summary: Mapping[str, Any]) -> list[str]:
    """The first few numbers of a summary, each with its name."""
    found = [f"{key} {value:.6g}" for key, value in summary.items() if not key.startswith("_") and _is_number(value)]
    return [*found[:_SHOWN_VALUES], "..."] if len(found) > _SHOWN_VALUES else found


def unsent(folder: Path, why: str | None, *, deleted: bool = False) -> str:
    """Of values that no server has yet; ``why`` when that was not meant, ``deleted`` when they have no place there."""
    if why is None:
        return f"Send it to a server with: besom sync {folder}"
    if deleted:
        return f"The server does not have it ({why}). To another project: besom sync --project NAME {folder}"
    return f"The server does not have all of it ({why}). Send the rest with: besom sync {folder}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
