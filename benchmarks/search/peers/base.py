"""The seam between the benchmark and an optimiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from benchmarks.search.problem import Problem
from benchmarks.search.space import Values


class Unsupported(Exception):
    """The optimiser cannot be told this space."""


class Optimizer(ABC):
    """Asks for points and is told what came out; always minimises.

    Args:
        problem: Only its space may be looked at.
        seed: Of everything random.
        budget: How many evaluations there will be; some peers plan their initial design by it.
    """

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        self.space, self.seed, self.budget = problem.space, seed, budget

    @abstractmethod
    def ask(self) -> tuple[Any, Values]:
        """The next point to evaluate, with a token to tell its outcome by; others may be open meanwhile."""

    @abstractmethod
    def tell(self, token: Any, value: float | None) -> None:
        """The outcome of a point: its value, or None when the evaluation broke down."""
