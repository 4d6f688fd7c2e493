"""What is worth keeping from one suggestion to the next; nothing of it has an influence on what is suggested."""

from __future__ import annotations

import numpy as np

from besom.search.bayes.gp import fit
from besom.search.bayes.kernel import Hyperparameters
from besom.search.memory import Memory
from besom.search.scale import Array, Mask


class WarmStart(Memory):
    """A memory that keeps fitted hyperparameters too. Without it the same numbers are computed again."""

    _CAPACITY = 64

    def __init__(self) -> None:
        super().__init__()
        self._fits: dict[bytes, Hyperparameters] = {}

    def fit(
        self, x: Array, y: Array, categorical: Mask, variance: Array | float = 0.0, **prior: float
    ) -> Hyperparameters:
        """The hyperparameters of this data (see ``gp.fit``), fitted at most once."""
        parts = (x, y, categorical, np.asarray(variance))
        key = repr(prior).encode() + b"".join(part.tobytes() for part in parts)
        found = self._fits.pop(key, None) or fit(x, y, categorical, variance, **prior)
        self._fits[key] = found
        while len(self._fits) > self._CAPACITY:
            self._fits.pop(next(iter(self._fits)), None)
        return found
