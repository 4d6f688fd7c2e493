"""What a run says to the person who started it, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SHOWN_VALUES = 8


def beginning(name: str, entity: str | None, project: str, url: str | None) -> list[str]:
    """A run that its server knows."""
    return [f"Run {name} of {entity}/{project}", url or ""]


def ending(name: str, code: int, summary: Mapping[str, Any]) -> str:
    """How a run ended, with the last of its numbers."""
    numbers = [f"{key} {value:.6g}" for key, value in summary.items() if _is_number(value)]
    more = " ..." if len(numbers) > _SHOWN_VALUES else ""
    how = "finished" if code == 0 else f"ended with code {code}"
    return f"Run {name} {how}: {', '.join(numbers[:_SHOWN_VALUES]) or 'nothing logged'}{more}"


def unsent(folder: Path, why: str | None) -> str:
    """Values that no server has yet; ``why`` when that was not meant."""
    if why is None:
        return f"Send it to a server with: besom sync {folder}"
    return f"The server does not have all of it ({why}). Send the rest with: besom sync {folder}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
