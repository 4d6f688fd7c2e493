"""Integers only: few and many levels, linear and logarithmic scales."""

from __future__ import annotations

from benchmarks.search.landscape import ackley, ellipsoid, landscape, rastrigin, rosenbrock
from benchmarks.search.parameters import Entry, integer, log_integer
from benchmarks.search.problem import Problem

_FEW = {f"n{i + 1}": integer(0, size) for i, size in enumerate((3, 5, 8, 12, 20, 30))}
_SIZES = {f"width_{i + 1}": log_integer(8, 512) for i in range(4)}
_MANY = {f"k{i + 1}": integer(0, 9) for i in range(10)}
_LEVELS: dict[str, Entry] = {**{f"n{i + 1}": integer(1, 100) for i in range(3)}, "depth": integer(1, 4)}


def problems() -> list[Problem]:
    """Four to ten parameters."""
    return [
        Problem("integer-few", "integer", "develop", _FEW, landscape(_FEW, ellipsoid, 31)),
        Problem("integer-sizes", "integer", "confirm", _SIZES, landscape(_SIZES, rosenbrock, 32, mixing=0.1)),
        Problem("integer-many", "integer", "confirm", _MANY, landscape(_MANY, ackley, 33, mixing=0.3)),
        Problem("integer-levels", "integer", "develop", _LEVELS, landscape(_LEVELS, rastrigin, 34, mixing=0.0)),
    ]
