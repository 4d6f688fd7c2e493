"""PED-ANOVA (Watanabe, Bansal and Hutter 2023, arXiv 2304.10255): what tells the best runs from the others.

fANOVA asks how much of the metric's variance a parameter explains, and in wide spaces most of that variance lies among
bad runs. This asks the same of the indicator "is among the best": all bad runs are alike, how bad does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from besom.search.importance.correlation import ranks
from besom.search.importance.table import Feature
from besom.search.scale import Array

QUANTILE = 0.1
"""Which share of the runs counts as the best."""
LEAST_BEST = 5
BINS = 64
SHUFFLES = 200

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Divergences:
    """Per feature, in the order given."""

    explained: Array
    """Variance of the indicator that the feature explains by itself, less what chance would explain; 0 or more."""
    chance: Array
    """Standard deviation of what chance explains."""


def best_runs(loss: Array, quantile: float = QUANTILE) -> Mask:
    """The ``quantile`` of runs with the lowest loss, at least ``LEAST_BEST`` but no more than half; ties are all in."""
    n = len(loss)
    wanted = min(max(round(quantile * n), LEAST_BEST), max(n // 2, 1))
    return np.asarray(loss <= np.sort(loss)[wanted - 1])


def divergences(features: Sequence[Feature], best: Mask, rng: np.random.Generator) -> Divergences:
    """What each feature explains of being among the best.

    Equation 16 of the paper, the Pearson divergence between the densities of the best and of all runs, in the form
    ``E[(P(best | x) - P(best))^2]``. Densities are kernel estimates over the ranks of a number, so that its scale does
    not matter, and frequencies of a category's levels. A parameter that only some runs have is judged among these, and
    counts as much as their share.
    """
    found = [_explained(feature, best, rng) for feature in features]
    return Divergences(np.array([value for value, _ in found]), np.array([chance for _, chance in found]))


def _explained(feature: Feature, best: Mask, rng: np.random.Generator) -> tuple[float, float]:
    present = feature.present
    k, n = int(best[present].sum()), int(present.sum())
    if k in (0, n):
        return 0.0, 0.0
    bins, kernel = _kernel(feature, k)
    everywhere = np.bincount(bins, minlength=len(kernel))
    top = np.bincount(bins[best[present]], minlength=len(kernel))
    by_chance = rng.multivariate_hypergeometric(everywhere, k, size=SHUFFLES)
    smooth = (np.vstack([top, by_chance]) @ kernel) / (everywhere @ kernel)  # P(best | x), by bin
    variances = ((smooth - k / n) ** 2) @ everywhere / len(best)
    chance = variances[1:]
    return max(0.0, float(variances[0] - chance.mean())), float(chance.std())


def _kernel(feature: Feature, k: int) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Array]:
    """The bin of each run that has the parameter, and how much bins tell of each other (Scott's rule for k points)."""
    codes = feature.codes[feature.present]
    if feature.numbers is None:
        return codes, np.eye(feature.count)
    place = (ranks(codes.astype(float)) + 0.5) / len(codes)
    _, bins = np.unique(np.floor(place * BINS), return_inverse=True)
    centre = np.bincount(bins, place) / np.bincount(bins)
    width = max(1.06 * float(place.std()) * k**-0.2, 1 / BINS)
    return bins, np.exp(-0.5 * ((centre[:, None] - centre) / width) ** 2)
