"""How numbers and places are told in the sentence of a decision."""

from __future__ import annotations

_PLACES = (
    "best",
    "second-best",
    "third-best",
    "fourth-best",
    "fifth-best",
    "sixth-best",
    "seventh-best",
    "eighth-best",
)


def ordinal(n: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``, ``21st``."""
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def place(rank: int) -> str:
    """``best``, ``second-best``, ``23rd-best``."""
    return _PLACES[rank - 1] if rank <= len(_PLACES) else f"{ordinal(rank)}-best"


def number(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}"
