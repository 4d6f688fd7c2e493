"""Mostly or only choices."""

from __future__ import annotations

from benchmarks.search.landscape import ellipsoid, interactions, landscape, sphere
from benchmarks.search.parameters import Entry, choice, log_real, real
from benchmarks.search.problem import Problem


def _choices(*sizes: int) -> dict[str, Entry]:
    return {f"c{i + 1}": choice(*(f"v{k}" for k in range(size))) for i, size in enumerate(sizes)}


_CELL = {
    f"edge_{i + 1}": choice("none", "skip", "conv1", "conv3", "pool") for i in range(6)
}  # as a cell of an architecture search
_MANY = _choices(2, 3, 4, 5, 6, 7, 8, 3, 4, 5)
_HALF = {**_choices(4, 4, 4, 6, 6), "lr": log_real(1e-5, 1e-1), "decay": log_real(1e-6, 1e-2)}
_LONG = {**_choices(12, 12, 20), "x": real(0, 1)}


def problems() -> list[Problem]:
    """Two tables of interactions, two landscapes with a few numbers."""
    return [
        Problem("categorical-cell", "categorical", "develop", _CELL, interactions(_CELL, 6, 21)),
        Problem("categorical-many", "categorical", "confirm", _MANY, interactions(_MANY, 8, 22)),
        Problem("categorical-half", "categorical", "confirm", _HALF, landscape(_HALF, ellipsoid, 23)),
        Problem("categorical-long", "categorical", "develop", _LONG, landscape(_LONG, sphere, 24)),
    ]
