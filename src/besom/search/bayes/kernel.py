"""The covariance: Matern-5/2 with one length scale per parameter, over numbers and categories alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from besom.search.scale import Array, Mask

_SQRT5 = np.sqrt(5.0)
MEAN_VARIANCE = 0.5
"""Of the constant that the process fluctuates around, integrated out (Rasmussen and Williams, eq. 2.39)."""


@dataclass(frozen=True)
class Hyperparameters:
    """Natural logarithms of what a Gaussian process is fitted with."""

    lengthscales: Array
    """Shape (d,), in widths of the unit cube."""
    signal: float
    """Log of the signal's variance."""
    noise: float
    """Log of the noise's variance."""


def squared_differences(a: Array, b: Array, categorical: Mask) -> Array:
    """Per parameter: squared distance of numbers, 0 or 1 (Hamming) for categories; (n, d), (m, d) -> (d, n, m)."""
    columns = [
        (a[:, j, None] != b[None, :, j]).astype(float) if categorical[j] else (a[:, j, None] - b[None, :, j]) ** 2
        for j in range(a.shape[1])
    ]
    return np.stack(columns) if columns else np.zeros((0, len(a), len(b)))


def squared_distances(a: Array, b: Array, categorical: Mask, lengthscales: Array) -> Array:
    """The scaled squared distances of all pairs, (n, d), (m, d) -> (n, m), without the (d, n, m) array."""
    numeric = np.logical_not(categorical)
    x, y = a[:, numeric] / lengthscales[numeric], b[:, numeric] / lengthscales[numeric]
    r2: Array = np.maximum((x * x).sum(1)[:, None] + (y * y).sum(1)[None] - 2.0 * (x @ y.T), 0.0)
    for j in np.flatnonzero(categorical):
        np.add(r2, lengthscales[j] ** -2.0, out=r2, where=a[:, j, None] != b[None, :, j])
    return r2


def matern52(r2: Array) -> Array:
    """The correlation at squared scaled distances ``r2``: (1 + s + s^2/3) exp(-s) with s = sqrt(5 r2)."""
    s = np.sqrt(5.0 * r2)
    correlation = s / 3.0  # in place from here on: these arrays are large, and memory is slower than arithmetic
    correlation += 1.0
    correlation *= s
    correlation += 1.0
    correlation *= np.exp(np.negative(s, out=s), out=s)
    return np.asarray(correlation)


def matern52_slope(r2: Array) -> tuple[Array, Array]:
    """The correlation and minus twice its derivative by r2, which is 5/3 (1 + s) exp(-s): both from one exp."""
    s = _SQRT5 * np.sqrt(r2)
    decay = np.exp(-s)
    return (1.0 + s * (1.0 + s / 3.0)) * decay, (5.0 / 3.0) * (1.0 + s) * decay
