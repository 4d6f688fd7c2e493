"""Branin and Hartmann-6, for which published figures exist; no part of the suite's halves."""

from __future__ import annotations

import math

import numpy as np
from benchmarks.search.parameters import real
from benchmarks.search.problem import Problem
from benchmarks.search.space import Values

_SCALES = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
)
_CENTRES = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)
_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])


def problems() -> list[Problem]:
    """Both, on their usual boxes."""
    cube = {f"x{i + 1}": real(0, 1) for i in range(6)}
    box = {"x": real(-5, 10), "y": real(0, 15)}
    return [
        Problem("branin", "classics", "extra", box, _branin, 0.397887),
        Problem("hartmann-6", "classics", "extra", cube, _hartmann, -3.32237),
    ]


def _branin(values: Values) -> float:
    x, y = values["x"], values["y"]
    bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return float(bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


def _hartmann(values: Values) -> float:
    x = np.array([values[f"x{i + 1}"] for i in range(6)])
    return float(-_WEIGHTS @ np.exp(-np.sum(_SCALES * (x - _CENTRES) ** 2, axis=1)))
