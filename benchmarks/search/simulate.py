"""One optimiser on one problem: a number of evaluations are always open, and end in random order."""

from __future__ import annotations

import math
import time
import zlib
from typing import Any

import numpy as np
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Failed, Problem


def simulate(kind: type[Optimizer], problem: Problem, seed: int, pending: int, budget: int) -> dict[str, Any]:
    """The trajectory, evaluations in the order in which they ended.

    Args:
        kind: The optimiser.
        problem: What it minimises.
        seed: Of the optimiser, of the noise and of the order of endings; the last two are the same for all optimisers.
        pending: How many evaluations are open at each moment.
        budget: How many evaluations end.

    Returns:
        ``observed`` (what was reported; None for a breakdown), ``true`` (without noise; None where all runs break
        down) and ``cpu_ms`` (CPU time of the optimiser per evaluation, asking and telling), each of length ``budget``.
    """
    chance = np.random.default_rng([zlib.crc32(problem.name.encode()), seed, pending])
    found: dict[str, list[float | None]] = {"observed": [], "true": [], "cpu_ms": []}
    begin = time.process_time()
    optimizer = kind(problem, seed, budget)
    unfinished = []
    for _ in range(budget):
        while len(unfinished) < pending:
            unfinished.append(optimizer.ask())
        token, values = unfinished.pop(int(chance.integers(pending)))
        spent = time.process_time() - begin
        noise = np.random.default_rng(chance.integers(2**63))
        true = problem.true(values)
        try:
            observed = problem.report(true, noise)
        except Failed:
            observed = None
        begin = time.process_time()
        optimizer.tell(token, observed)
        found["observed"].append(observed)
        found["true"].append(None if math.isnan(true) else true)
        found["cpu_ms"].append(round(1000 * spent, 3))
    return found
