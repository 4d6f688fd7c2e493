"""W&B's ``sweeps``, method ``bayes``.

It knows no conditions: all parameters exist always, and those that do not count are ignored. A breakdown is a failed
run, for which it assumes the worst value seen; an open evaluation is a running one.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import sweeps
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Values

warnings.filterwarnings("ignore")


class Sweeps(Optimizer):
    """The sweep configuration as it is, less ``when``."""

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        parameters = {
            name: {key: value for key, value in entry.items() if key != "when"}
            for name, entry in problem.parameters.items()
        }
        self._config = {**problem.config, "parameters": parameters}
        self._runs: list[sweeps.SweepRun] = []
        np.random.seed(seed)

    def ask(self) -> tuple[Any, Values]:
        run = sweeps.next_run(self._config, self._runs)
        run.state = sweeps.RunState.running
        self._runs.append(run)
        return run, self.space.existing({name: entry["value"] for name, entry in run.config.items()})

    def tell(self, token: Any, value: float | None) -> None:
        token.state = sweeps.RunState.failed if value is None else sweeps.RunState.finished
        if value is not None:
            token.summary_metrics = {"loss": value}
