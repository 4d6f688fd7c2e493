"""Made-up functions over any space, from the classical ones: each parameter is a coordinate, mixed with the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from benchmarks.search.parameters import Entry
from benchmarks.search.space import Space, Values

Shape = Callable[[np.ndarray], float]


def sphere(z: np.ndarray) -> float:
    """One round basin."""
    return float(z @ z)


def ellipsoid(z: np.ndarray) -> float:
    """A basin a hundred times steeper in some directions than in others."""
    return float((100.0 ** np.linspace(0, 1, len(z))) @ z**2)


def rosenbrock(z: np.ndarray) -> float:
    """A bent valley; smallest at 0."""
    x = z + 1.0
    return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))


def rastrigin(z: np.ndarray) -> float:
    """A basin with an egg box on it."""
    return float(np.sum((2 * z) ** 2 + 4.0 * (1.0 - np.cos(2 * np.pi * z))))


def ackley(z: np.ndarray) -> float:
    """A narrow funnel in a rugged plain."""
    root, waves = np.sqrt(np.mean((2 * z) ** 2)), np.mean(np.cos(2 * np.pi * z))
    return float(20.0 * (1.0 - np.exp(-0.2 * root)) + np.e - np.exp(waves))


def landscape(parameters: dict[str, Entry], shape: Shape, seed: int, mixing: float = 0.5) -> Callable[[Values], float]:
    """A function of all parameters that do not depend on others, smallest near a hidden place inside.

    A number's coordinate is its position less the hidden place's, in [-2, 2]; a choice's is drawn per level, one level
    having 0. ``mixing`` is how far coordinates are rotated into each other: 0 not at all, 1 entirely.
    """
    space, rng = Space({"parameters": parameters}), np.random.default_rng(seed)
    d = len(space)
    centre = rng.uniform(0.15, 0.85, d)
    levels = [_level_coordinates(len(p.choices), rng) for p in space]
    rotation, triangle = np.linalg.qr(np.eye(d) * (1.0 - mixing) + mixing * rng.standard_normal((d, d)))
    rotation = rotation * np.sign(np.diag(triangle))

    def function(values: Values) -> float:
        position = space.positions(values)
        z = [
            levels[j][int(position[j])] if p.kind == "choice" else 4.0 * (position[j] - centre[j])
            for j, p in enumerate(space)
        ]
        return shape(rotation @ np.array(z))

    return function


def interactions(parameters: dict[str, Entry], pairs: int, seed: int) -> Callable[[Values], float]:
    """Effects of single levels, of decreasing weight from parameter to parameter, and of ``pairs`` pairs of levels."""
    space, rng = Space({"parameters": parameters}), np.random.default_rng(seed)
    sizes = [len(p.choices) for p in space]
    single = [rng.standard_normal(n) * 0.8**j for j, n in enumerate(sizes)]
    joint = []
    for _ in range(pairs):
        a, b = rng.choice(len(sizes), 2, replace=False)
        joint.append((a, b, rng.standard_normal((sizes[a], sizes[b]))))

    def function(values: Values) -> float:
        at = space.positions(values).astype(int)
        return float(sum(e[k] for e, k in zip(single, at, strict=True)) + sum(e[at[a], at[b]] for a, b, e in joint))

    return function


def _level_coordinates(count: int, rng: np.random.Generator) -> np.ndarray:
    coordinates = rng.uniform(-2, 2, count)
    if count:
        coordinates[rng.integers(count)] = 0.0
    return coordinates
