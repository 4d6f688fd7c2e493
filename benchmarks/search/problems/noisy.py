"""Evaluations with noise: from a fifth to all of what lies between good and middling random points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.search.landscape import ackley, landscape
from benchmarks.search.parameters import Entry, choice, integer, log_real, real
from benchmarks.search.problem import Problem
from benchmarks.search.problems.bbob import box, value
from benchmarks.search.problems.tuning import parameters, surrogate
from benchmarks.search.space import Values

_MIXED = {
    "lr": log_real(1e-4, 1),
    "dropout": real(0, 0.5),
    "layers": integer(1, 8),
    "cell": choice("lstm", "gru", "rnn"),
    "clip": real(0.1, 5),
}


def problems() -> list[Problem]:
    """A classical function, two trainings, a mixed landscape."""
    forest, svm = "forest-diabetes", "svm-wine"
    return [
        _noisy("noisy-bbob-f8-5d", "confirm", box(5), lambda values: value(8, 5, 3, values), 0.3),
        _noisy("noisy-forest", "develop", parameters(forest), surrogate(forest), 0.6),
        _noisy("noisy-svm", "confirm", parameters(svm), surrogate(svm), 0.2),
        _noisy("noisy-mixed", "develop", _MIXED, landscape(_MIXED, ackley, 41, mixing=0.2), 1.0),
    ]


def _noisy(
    name: str, half: Any, parameters: dict[str, Entry], function: Callable[[Values], float], share: float
) -> Problem:
    """A function with noise of that share."""
    return Problem(name, "noisy", half, parameters, function, noise_share=share)
