"""What is computed of trajectories: incumbents, normalised regret, ranks, bootstrap intervals. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Array = np.ndarray
CAP = 2.0
"""Normalised regret counts as no more than this, so that no single unlucky trajectory decides a mean."""


def incumbents(observed: Sequence[float | None], true: Sequence[float | None]) -> Array:
    """After each evaluation: the value without noise of the point that *looks* best so far; infinite before any.

    That is what a user gets, who takes the best run of the list.
    """
    shown = np.array([np.inf if value is None else value for value in observed], dtype=float)
    behind = np.array([np.inf if value is None else value for value in true], dtype=float)
    best, values = -1, np.full(len(shown), np.inf)
    for i, value in enumerate(shown):
        if np.isfinite(value) and (best < 0 or value < shown[best]):
            best = i
        if best >= 0:
            values[i] = behind[best]
    return values


def normalised_regret(values: Array, optimum: float, random: Array) -> Array:
    """0 where the best known value is reached, 1 where the median random search is after as many evaluations.

    Args:
        values: Incumbents, shape (n,).
        optimum: The best known value.
        random: The median incumbent of random search, shape (n,) at least; infinite as long as half of them have none.
    """
    scale = random[: len(values)] - optimum
    with np.errstate(invalid="ignore", divide="ignore"):
        regret = np.where(scale > 0, (values - optimum) / scale, 0.0)
    regret = np.where(np.isfinite(scale), regret, np.where(np.isfinite(values), 1.0, CAP))
    return np.minimum(regret, CAP)


def evaluations_to(values: Array, level: float) -> float:
    """How many evaluations it took to come down to ``level``; infinite when it was not reached."""
    reached = np.flatnonzero(values <= level)
    return float(reached[0] + 1) if len(reached) else np.inf


def mean_ranks(table: Array) -> Array:
    """The mean rank of each row, 1 is best, over columns of a table in which smaller is better; ties share a rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(table, axis=0).mean(axis=1))


def bootstrap(differences: Mapping[str, Sequence[float]], draws: int = 10_000) -> tuple[float, float, float]:
    """The mean over problems of each problem's mean, and its 95 % interval over other choices of problems and runs.

    Args:
        differences: By problem; each draw takes problems with replacement, and of each its runs with replacement.
        draws: How many.
    """
    rng = np.random.default_rng(0)
    runs = [np.asarray(values, dtype=float) for values in differences.values()]
    resampled = np.stack([values[rng.integers(len(values), size=(draws, len(values)))].mean(axis=1) for values in runs])
    chosen = rng.integers(len(runs), size=(draws, len(runs)))
    means = resampled[chosen, np.arange(draws)[:, None]].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.mean([values.mean() for values in runs])), float(low), float(high)
