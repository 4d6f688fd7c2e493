"""Measured configurations of a model on a data set, and the surrogate that answers for all others.

The surrogate is a local average over the nearest measured configurations: it favours neither Gaussian processes nor
forests, needs no fitting when it is loaded, and takes some 50 microseconds. Distances weigh each parameter by
what leave-one-out prediction found useful, once, when the table was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.search.space import Space, Values

FOLDER = Path(__file__).with_name("tables")


@dataclass(frozen=True)
class Table:
    """Positions (n, d) of configurations, their scores (n, 2): loss and error, NaN where training broke down."""

    space: Space
    positions: np.ndarray
    scores: np.ndarray
    weights: np.ndarray
    """How much each parameter counts in distances, shape (d,)."""
    neighbours: int
    """Over how many configurations is averaged."""

    def predict(self, values: Values, column: int) -> float:
        """The score at any point; NaN where the nearest configuration broke down."""
        distances = gaps(self.space, self.space.positions(values), self.positions) @ self.weights
        return average(distances, self.scores[:, column], self.neighbours)

    def save(self, name: str) -> None:
        """Writes it to the folder of tables, in half a dozen kilobytes per hundred configurations."""
        np.savez_compressed(
            FOLDER / f"{name}.npz",
            positions=self.positions.astype(np.float32),
            scores=self.scores.astype(np.float32),
            weights=self.weights.astype(np.float32),
            neighbours=self.neighbours,
        )


def load(space: Space, name: str) -> Table:
    """The table of that name, for instance ``svm-wine``."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return Table(
            space,
            file["positions"].astype(float),
            file["scores"].astype(float),
            file["weights"].astype(float),
            int(file["neighbours"]),
        )


def gaps(space: Space, position: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances per parameter, (n, d): 1 between different choices, and where only one has the parameter."""
    choice = np.array([p.kind == "choice" for p in space])
    differ = np.where(choice, (others != position) * 1.0, (others - position) ** 2)
    here, there = np.isnan(position), np.isnan(others)
    return np.where(here & there, 0.0, np.where(here | there, 1.0, differ))


def average(distances: np.ndarray, scores: np.ndarray, neighbours: int) -> float:
    """The local average: biweight weights that reach zero at the first configuration left out, so it is continuous.

    Args:
        distances: Squared, shape (n,).
        scores: Shape (n,); NaN for a breakdown.
        neighbours: How many configurations count.
    """
    nearest = np.argpartition(distances, neighbours)[: neighbours + 1]
    nearest = nearest[np.argsort(distances[nearest], kind="stable")]
    if np.isnan(scores[nearest[0]]):
        return float("nan")
    reach = distances[nearest[-1]] + 1e-12
    weights = (1.0 - distances[nearest] / reach) ** 2 + 1e-9
    whole = ~np.isnan(scores[nearest])
    return float(weights[whole] @ scores[nearest][whole] / weights[whole].sum())


def fit(space: Space, positions: np.ndarray, scores: np.ndarray) -> tuple[Table, float]:
    """A table with the weights that predict best; also the share of variance that leave-one-out prediction explains.

    Scores above the median by more than five times the distance from the best to the median are cut off there: a run
    that diverged is as bad as that, and averages around it stay sensible.
    """
    limit = _limit(scores)
    scores = np.where(np.isnan(scores), np.nan, np.minimum(scores, limit))
    whole = np.flatnonzero(~np.isnan(scores[:, 0]))
    x, y = positions[whole], scores[whole, 0]
    cube = np.stack([gaps(space, row, x) for row in x])

    def error(weights: np.ndarray, neighbours: int) -> float:
        distances = cube @ weights
        np.fill_diagonal(distances, np.inf)
        order = np.argpartition(distances, neighbours, axis=1)[:, : neighbours + 1]
        near = np.take_along_axis(distances, order, axis=1)
        weight = (1.0 - near / (near.max(axis=1, keepdims=True) + 1e-12)) ** 2 + 1e-9
        predicted = (weight * y[order]).sum(axis=1) / weight.sum(axis=1)
        return float(np.mean((predicted - y) ** 2))

    weights, neighbours = np.ones(len(space)), 6
    best = error(weights, neighbours)
    for _ in range(3):
        for j in range(len(space)):
            for factor in (0.1, 0.4, 2.5, 10.0):
                trial = weights.copy()
                trial[j] *= factor
                if (found := error(trial, neighbours)) < best:
                    best, weights = found, trial
        for count in (4, 6, 9, 14):
            if (found := error(weights, count)) < best:
                best, neighbours = found, count
    return Table(space, positions, scores, weights / weights.max(), neighbours), 1.0 - best / float(np.var(y))


def _limit(scores: np.ndarray) -> np.ndarray:
    best, middle = np.nanmin(scores, axis=0), np.nanmedian(scores, axis=0)
    return np.asarray(middle + 5.0 * (middle - best))
