"""Random search: what everything is measured against."""

from __future__ import annotations

from typing import Any

import numpy as np
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.space import Values


class Uniform(Optimizer):
    """Independent draws from the parameters' distributions."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._rng = np.random.default_rng([self.seed, 1])

    def ask(self) -> tuple[Any, Values]:
        """A draw."""
        return None, self.space.sample(self._rng)

    def tell(self, token: Any, value: float | None) -> None:
        """Nothing is learnt."""
