"""Trajectories brought together: what each optimiser reached, on which cells several can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.search.problems import suite
from benchmarks.search.results import read
from benchmarks.search.statistics import evaluations_to, incumbents, normalised_regret

RANDOM = "random"
TIMES_RANDOM = 4
"""How many times its budget random search gets in "evaluations to match random"."""


class Place(NamedTuple):
    """What trajectories must share to be compared."""

    problem: str
    pending: int
    seed: int


@dataclass
class Outcome:
    """One trajectory, judged."""

    incumbents: np.ndarray
    regret: np.ndarray
    """Normalised, after each evaluation."""
    cpu_ms: list[float]


@dataclass
class Comparison:
    """All outcomes by place and optimiser."""

    outcomes: dict[Place, dict[str, Outcome]] = field(default_factory=dict)
    random: dict[str, np.ndarray] = field(default_factory=dict)
    """By problem, the median incumbent of random search after each evaluation."""
    optima: dict[str, float] = field(default_factory=dict)
    """By problem, the best known value: the problem's own, or a better one that anybody came upon."""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def optimizers(self) -> list[str]:
        """All that have any outcome."""
        return sorted({name for found in self.outcomes.values() for name in found})

    def common(self, optimizers: Sequence[str], budget: int) -> list[Place]:
        """The places where all of these have at least ``budget`` evaluations."""
        return [
            place
            for place, found in self.outcomes.items()
            if all(name in found and len(found[name].regret) >= budget for name in optimizers)
        ]

    def regret(self, optimizer: str, places: Sequence[Place], budget: int) -> np.ndarray:
        """Normalised regret after ``budget`` evaluations, shape (places,)."""
        return np.array([self.outcomes[place][optimizer].regret[budget - 1] for place in places])

    def area(self, optimizer: str, places: Sequence[Place], budget: int) -> np.ndarray:
        """The mean of the normalised regret over the first ``budget`` evaluations."""
        return np.array([self.outcomes[place][optimizer].regret[:budget].mean() for place in places])

    def evaluations_to_match(self, optimizer: str, places: Sequence[Place], budget: int) -> np.ndarray:
        """How many evaluations it took to be where the median random search is after four times ``budget``."""
        levels = [self.random[place.problem][TIMES_RANDOM * budget - 1] for place in places]
        found = [self.outcomes[place][optimizer].incumbents[:budget] for place in places]
        return np.array([evaluations_to(values, level) for values, level in zip(found, levels, strict=True)])

    def cpu_ms(self, optimizer: str, places: Sequence[Place], budget: int) -> float:
        """CPU time of a suggestion in milliseconds, the median over trajectories of their means."""
        return float(np.median([np.mean(self.outcomes[place][optimizer].cpu_ms[:budget]) for place in places]))


def load(folder: Path) -> Comparison:
    """Reads a folder of trajectories; problems that random search was not run on are left out."""
    comparison, problems = Comparison(), suite()
    reached: dict[Place, dict[str, tuple[np.ndarray, list[float]]]] = {}
    lowest: dict[str, float] = {}
    for cell, data in read(folder):
        if cell.problem not in problems:
            continue
        values = incumbents(data["observed"], data["true"])
        reached.setdefault(Place(cell.problem, cell.pending, cell.seed), {})[cell.optimizer] = values, data["cpu_ms"]
        whole = [value for value in data["true"] if value is not None]
        lowest[cell.problem] = min([lowest.get(cell.problem, np.inf), *whole])
        comparison.versions[cell.optimizer] = data["version"]
    for name, problem in problems.items():
        curves = [found[RANDOM][0] for place, found in reached.items() if place.problem == name and RANDOM in found]
        if curves:
            length = max(map(len, curves))
            comparison.random[name] = np.median([curve for curve in curves if len(curve) == length], axis=0)
            comparison.optima[name] = min(problem.optimum, lowest[name])
    for place, found in reached.items():
        if place.problem in comparison.random:
            optimum, random = comparison.optima[place.problem], comparison.random[place.problem]
            comparison.outcomes[place] = {
                optimizer: Outcome(values, normalised_regret(values, optimum, random), cpu)
                for optimizer, (values, cpu) in found.items()
            }
    return comparison
