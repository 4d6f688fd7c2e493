"""What an optimiser is asked to solve."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from benchmarks.search.parameters import Entry
from benchmarks.search.space import Space, Values

OPTIMA = Path(__file__).with_name("optima.json")


class Failed(Exception):
    """An evaluation that broke down, as a training run does."""


@dataclass(frozen=True)
class Problem:
    """A function to be minimised over the space of a sweep configuration."""

    name: str
    group: str
    half: Literal["develop", "confirm", "extra"]
    """Methods are tuned on one half only and confirmed on the other; what is ``extra`` belongs to neither."""
    parameters: dict[str, Entry]
    function: Callable[[Values], float]
    """Without noise; NaN where every run breaks down."""
    known_optimum: float | None = None
    noise_share: float = 0.0
    """Standard deviation of the noise, where 1 is the distance from the lower decile to the median of random points."""
    crash_rate: float = 0.0
    """The share of runs that break down by chance, wherever they are."""

    @property
    def config(self) -> dict[str, Any]:
        """The sweep configuration."""
        return {
            "method": "bayes",
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": self.parameters,
        }

    @cached_property
    def space(self) -> Space:
        """The parameters, as the benchmark reads them."""
        return Space(self.config)

    @property
    def optimum(self) -> float:
        """The smallest value: known, or the best that a long search found (``make_optima.py``)."""
        return _found_optima()[self.name] if self.known_optimum is None else self.known_optimum

    @cached_property
    def noise(self) -> float:
        """Standard deviation of what is added to each evaluation."""
        if not self.noise_share:
            return 0.0
        rng = np.random.default_rng(0)
        low, middle = np.nanquantile([self.true(self.space.sample(rng)) for _ in range(200)], [0.1, 0.5])
        return float(self.noise_share * (middle - low))

    def true(self, values: Values) -> float:
        """The value without noise; NaN where every run breaks down."""
        return float(self.function(values))

    def report(self, true: float, rng: np.random.Generator) -> float:
        """What a run reports whose value without noise is ``true``.

        Raises:
            Failed: the run broke down.
        """
        chance, noise = rng.random(), rng.standard_normal()
        if math.isnan(true) or chance < self.crash_rate:
            raise Failed
        return true + self.noise * noise

    def evaluate(self, values: Values, rng: np.random.Generator) -> float:
        """What a run of these values reports; see ``report``."""
        return self.report(self.true(values), rng)


@cache
def _found_optima() -> dict[str, float]:
    return dict(json.loads(OPTIMA.read_text()))
