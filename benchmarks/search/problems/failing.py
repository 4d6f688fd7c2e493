"""Runs that break down: out of memory, diverged, or by chance; the best place is often close to the edge."""

from __future__ import annotations

import math
from collections.abc import Callable

from benchmarks.search.landscape import ellipsoid, landscape
from benchmarks.search.parameters import choice, integer, log_integer, log_real, real
from benchmarks.search.problem import Problem
from benchmarks.search.problems.bbob import box, value
from benchmarks.search.problems.tuning import parameters, surrogate
from benchmarks.search.space import Values

_MEMORY = {
    "batch_size": log_integer(8, 1024),
    "width": log_integer(32, 2048),
    "layers": integer(1, 24),
    "lr": log_real(1e-5, 1e-1),
    "precision": choice("fp32", "bf16"),
    "dropout": real(0, 0.5),
}
_memory_loss = landscape(_MEMORY, ellipsoid, 51, mixing=0.2)


def problems() -> list[Problem]:
    """Two regions that break down, one of them with noise; one table; one with breakdowns everywhere as well."""
    boosting = "boosting-wine"
    return [
        Problem("failing-bbob-f10-5d", "failing", "develop", box(5), where(_inside, lambda v: value(10, 5, 2, v))),
        Problem("failing-boosting", "failing", "confirm", parameters(boosting), where(_fits, surrogate(boosting))),
        Problem("failing-memory", "failing", "confirm", _MEMORY, where(_small, _memory_loss), crash_rate=0.1),
        Problem("failing-noisy", "failing", "develop", _MEMORY, where(_small, _memory_loss), None, 0.3, 0.1),
    ]


def where(works: Callable[[Values], bool], function: Callable[[Values], float]) -> Callable[[Values], float]:
    """The function where a run works, else NaN."""
    return lambda values: function(values) if works(values) else math.nan


def _inside(values: Values) -> bool:
    return values["x1"] + values["x2"] < 2.0 and values["x3"] > -3.5


def _fits(values: Values) -> bool:
    return values["max_leaf_nodes"] * values["max_iter"] < 600 and values["learning_rate"] < 0.7


def _small(values: Values) -> bool:
    """A third of all points does not fit into memory, and large learning rates diverge in bf16."""
    size = values["batch_size"] * values["width"] * values["layers"] * (2 if values["precision"] == "fp32" else 1)
    return size < 2e6 and (values["precision"] == "fp32" or values["lr"] < 2e-2)
