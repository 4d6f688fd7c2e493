"""Real numbers, integers and choices together."""

from __future__ import annotations

from benchmarks.search.landscape import ackley, ellipsoid, landscape, rastrigin, rosenbrock
from benchmarks.search.parameters import choice, integer, log_integer, log_real, real
from benchmarks.search.problem import Problem

_SMALL = {
    "lr": log_real(1e-5, 1e-1),
    "dropout": real(0, 0.7),
    "units": log_integer(16, 1024),
    "layers": integer(1, 6),
    "optimizer": choice("sgd", "adam", "rmsprop"),
}
_WIDE = {
    **_SMALL,
    "momentum": real(0, 0.99),
    "decay": log_real(1e-8, 1e-2),
    "batch_size": choice(16, 32, 64, 128, 256),
    "activation": choice("relu", "tanh", "gelu", "elu"),
    "norm": choice("batch", "layer", None),
    "warmup": integer(0, 20),
    "augment": choice(False, True),
}


def problems() -> list[Problem]:
    """Two landscapes over five parameters, two over twelve."""
    return [
        Problem("mixed-ellipsoid", "mixed", "develop", _SMALL, landscape(_SMALL, ellipsoid, 11)),
        Problem("mixed-rosenbrock", "mixed", "confirm", _SMALL, landscape(_SMALL, rosenbrock, 12)),
        Problem("mixed-ackley", "mixed", "develop", _WIDE, landscape(_WIDE, ackley, 13)),
        Problem("mixed-rastrigin", "mixed", "confirm", _WIDE, landscape(_WIDE, rastrigin, 14, mixing=0.2)),
    ]
