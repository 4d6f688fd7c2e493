"""The black-box functions of COCO (Hansen et al. 2009): each of the five classes in 2, 5, 10 and 20 dimensions."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchmarks.search.parameters import Entry, real
from benchmarks.search.problem import Problem
from benchmarks.search.space import Values

_FUNCTIONS = {
    "separable": {2: 4, 5: 2, 10: 3, 20: 1},
    "moderate": {2: 6, 5: 8, 10: 7, 20: 9},
    "ill-conditioned": {2: 12, 5: 10, 10: 13, 20: 14},
    "multimodal": {2: 17, 5: 15, 10: 16, 20: 18},
    "weak-structure": {2: 23, 5: 21, 10: 22, 20: 20},
}
"""Function numbers by class and dimension; no function occurs twice."""


def problems() -> list[Problem]:
    """Neighbours in the list of functions go to different halves."""
    found = []
    for row, functions in enumerate(_FUNCTIONS.values()):
        for column, (dimension, number) in enumerate(functions.items()):
            half = "confirm" if (row + column) % 2 else "develop"
            found.append(bbob(number, dimension, instance=1 + row, name=f"bbob-f{number}-{dimension}d", half=half))
    return found


def bbob(number: int, dimension: int, instance: int, **more: Any) -> Problem:
    """One function on [-5, 5] in each dimension."""
    return Problem(
        group="bbob",
        parameters=box(dimension),
        function=lambda values: value(number, dimension, instance, values),
        known_optimum=_function(number, dimension, instance).best_value(),
        **more,
    )


def box(dimension: int) -> dict[str, Entry]:
    """The parameters x1, x2, ..."""
    return {f"x{i + 1}": real(-5, 5) for i in range(dimension)}


def value(number: int, dimension: int, instance: int, values: Values) -> float:
    """The function's value."""
    return float(_function(number, dimension, instance)([values[f"x{i + 1}"] for i in range(dimension)]))


@cache
def _function(number: int, dimension: int, instance: int) -> Any:
    import cocoex  # only this group needs it

    return cocoex.BareProblem("bbob", number, dimension, instance)
