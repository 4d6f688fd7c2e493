"""besom, through the call that its server uses."""

from __future__ import annotations

from typing import Any

from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Values

from besom.config import load
from besom.search import Trial, suggest
from besom.search.bayes import WarmStart


class Besom(Optimizer):
    """The sweep configuration as it is; a breakdown is a failed run, an open evaluation a running one."""

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        self._config = load(problem.config).config
        self._trials: list[Trial] = []
        self._warm = WarmStart()

    def ask(self) -> tuple[Any, Values]:
        """One suggestion, all runs so far given."""
        index = len(self._trials)
        (suggestion,) = suggest(self._config, self._trials, index=index, seed=self.seed, warm=self._warm)
        self._trials.append(Trial(suggestion.values, "running"))
        return index, {".".join(path): value for path, value in suggestion.values.items()}

    def tell(self, token: Any, value: float | None) -> None:
        """The run's end."""
        state = "failed" if value is None else "finished"
        self._trials[token] = Trial(self._trials[token].values, state, best=value, last=value, worst=value)
