"""The output transform: what the model is fitted to instead of the metric itself."""

from __future__ import annotations

import numpy as np

from besom.search.scale import Array

_UNVISITED = 1.0
"""Spreads above the median at which the transform is 0."""
_KNEE = 3.0
"""Spreads above the median beyond which a bad value is compressed."""
_ROUNDING = 1e-12
"""Of the values: those that differ by less may differ by rounding alone."""
_LEAST_SPREAD = 1e-150
"""Squares of less are lost, and by this the largest values in ``Data`` can still be divided."""


class OutputTransform:
    """Scale by the better half's spread, leave good values linear, take the log of a bad tail; 0 is a poor value.

    Smaller is better here. The better half decides where to search next, so its differences must not vanish beside one
    diverged run; hence its own spread and the log beyond three of them (compare the half-rank warping of Vizier,
    arXiv 2408.11527). Zero, what a model expects of unvisited ground, is one spread worse than the median: a search
    visits good places more often, so its median is better than the typical place. The transform is increasing and has
    a continuous derivative.
    """

    def __init__(self, y: Array) -> None:
        self.centre = float(np.median(y))
        below = y[y <= self.centre]
        spread = float(np.sqrt(np.mean((below - self.centre) ** 2)))
        # A metric may be of any size, as those in joules or farads are; a few diverged runs say nothing about that.
        size = max(abs(self.centre), min(1.0, float(np.quantile(np.abs(y), 0.75))))
        least = max(_ROUNDING * size, _LEAST_SPREAD)
        if not spread > least:  # a tied better half tells nothing about the scale
            spread = float(np.std(y))
        self.spread = spread if spread > least else 1.0

    def forward(self, y: Array) -> Array:
        """From the metric's units to the model's."""
        z = (y - self.centre) / self.spread
        return np.where(z > _KNEE, _KNEE + np.log1p(np.maximum(z - _KNEE, 0.0)), z) - _UNVISITED

    def slope(self, y: Array) -> Array:
        """The derivative of ``forward`` at ``y``: model units per unit of the metric."""
        z = (y - self.centre) / self.spread
        return np.asarray(1.0 / (self.spread * (1.0 + np.maximum(z - _KNEE, 0.0))))

    def inverse(self, z: Array) -> Array:
        """From the model's units to the metric's."""
        z = z + _UNVISITED
        linear = np.where(z > _KNEE, _KNEE + np.expm1(np.clip(z - _KNEE, 0.0, 300.0)), z)
        return self.centre + self.spread * linear
