"""Searches long for the smallest value of each problem whose optimum is not known, and writes ``optima.json``.

    python -m benchmarks.search.make_optima [PROBLEMS]

Eight restarts of a local search that changes one or two parameters at a time, from the best of many random points.
"""

from __future__ import annotations

import json
import math
import sys
import zlib

import numpy as np
from benchmarks.search.problem import OPTIMA, Problem
from benchmarks.search.problems import select
from benchmarks.search.space import Values

_RANDOM, _STARTS, _STEPS = 2000, 8, 800


def smallest(problem: Problem) -> float:
    """The smallest value found."""
    rng, space = np.random.default_rng(zlib.crc32(problem.name.encode())), problem.space
    draws = rng.random((_RANDOM, len(space)))
    values = [_value(problem, space.values(u)) for u in draws]
    best = math.inf
    for start in np.argsort(values)[:_STARTS]:
        at, here = draws[start], values[start]
        for step in range(_STEPS):
            width = 0.5 * 0.005 ** (step / _STEPS)
            changed = rng.choice(len(space), min(len(space), int(rng.integers(1, 3))), replace=False)
            trial = at.copy()
            trial[changed] = _reflect(trial[changed] + width * rng.standard_normal(len(changed)))
            redrawn = [j for j in changed if space.parameters[j].kind == "choice"]
            trial[redrawn] = rng.random(len(redrawn))
            found = _value(problem, space.values(trial))
            if found <= here:
                at, here = trial, found
        best = min(best, here)
    return best


def _value(problem: Problem, values: Values) -> float:
    value = problem.true(values)
    return math.inf if math.isnan(value) else value


def _reflect(u: np.ndarray) -> np.ndarray:
    return np.minimum(np.abs(u) % 2.0, 2.0 - np.abs(u) % 2.0).clip(0.0, 1.0 - 1e-12)


def main() -> None:
    optima = json.loads(OPTIMA.read_text()) if OPTIMA.exists() else {}
    for problem in select(",".join(sys.argv[1:]) or "all"):
        if problem.known_optimum is None:
            optima[problem.name] = smallest(problem)
            print(f"{problem.name}: {optima[problem.name]:.6g}", flush=True)
            OPTIMA.write_text(json.dumps(dict(sorted(optima.items())), indent=1) + "\n")


if __name__ == "__main__":
    main()
