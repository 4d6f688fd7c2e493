"""The search space: all parameters together, as points that runs get and as arrays that methods compute with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from besom.config.model import Condition, Parameter, SweepConfig
from besom.search.dimension import Dimension, Integer, Levels, Stepped, dimension
from besom.search.point import Path, Values
from besom.search.scale import Array


class Space:
    """The leaves of a configuration. ``d`` counts those with more than one value; arrays of codes have shape (n, d).

    Codes are described in ``besom.search.dimension``; a NaN marks a parameter that a point lacks or has unusably, and
    one whose condition does not hold.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        *,
        forbid: Sequence[Condition] = (),
        zips: Sequence[Sequence[Path]] = (),
    ) -> None:
        self.parameters = tuple(parameters)
        self.forbid, self.zips = tuple(forbid), tuple(zips)
        dimensions = [(p.path, dimension(p.distribution)) for p in self.parameters]
        self.fixed: dict[Path, Any] = {path: dim.quantile(0.5) for path, dim in dimensions if dim.count == 1}
        """Constants, and whatever else has only one value."""
        self.dimensions: dict[Path, Dimension] = {path: dim for path, dim in dimensions if dim.count != 1}
        counts = [dim.count for dim in self.dimensions.values()]
        self.size: int | None = None if None in counts else math.prod(n for n in counts if n is not None)
        """The number of distinct points; None when continuous or unbounded."""
        kinds = list(self.dimensions.values())
        self.d = len(kinds)
        self.categorical = np.array([isinstance(dim, Levels) for dim in kinds], dtype=bool)
        self.stepped = np.array([isinstance(dim, Integer | Stepped) for dim in kinds], dtype=bool)
        self.discrete = bool(np.all(self.categorical | self.stepped))

    @classmethod
    def of(cls, config: SweepConfig) -> Space:
        """The space of a configuration; the parameter that tells its repeats apart is no part of it."""
        repeated = config.repeat.parameter if config.repeat else None
        searched = (p for p in config.parameters if p.path != repeated)
        return cls(searched, forbid=config.forbid, zips=config.zips)

    def settle(self, codes: Array) -> Array:
        """Codes (n, d) of whole points: NaN where a condition does not hold, a middle value where one is lacking."""
        middle = self.codes_at(np.full((1, self.d), 0.5))
        return np.where(np.isnan(codes), middle, codes)

    def allowed(self, row: Array) -> bool:  # noqa: ARG002
        """Whether a settled row of codes may be handed out."""
        return True

    def codes_at(self, u: Array) -> Array:
        """Quantiles of every parameter at ``u``, shape (n, d), as codes."""
        return self._columns(u, [dim.codes_at for dim in self.dimensions.values()])

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """``n`` independent draws from the parameters' distributions, as codes."""
        return self.codes_at(rng.random((n, self.d)))

    def positions(self, codes: Array) -> Array:
        """What a model sees, shape (n, d): numbers in [0, 1], level indices; 0.5 and -1 where a value is lacking."""
        positions = self._columns(codes, [dim.positions for dim in self.dimensions.values()])
        return np.where(np.isnan(codes), np.where(self.categorical, -1.0, 0.5), positions)

    def encode(self, points: Sequence[Values]) -> Array:
        """The codes of reported points, shape (n, d); never an error, NaN where nothing usable is there."""
        codes = np.full((len(points), self.d), math.nan)
        for j, (path, dim) in enumerate(self.dimensions.items()):
            given = [i for i, point in enumerate(points) if path in point]
            codes[given, j] = dim.codes([points[i][path] for i in given])
        return codes

    def decode(self, row: Array) -> dict[Path, Any]:
        """The point of one row of codes, every parameter included, in the configuration's order."""
        free = {path: dim.value(float(code)) for (path, dim), code in zip(self.dimensions.items(), row, strict=True)}
        return {p.path: free[p.path] if p.path in free else self.fixed[p.path] for p in self.parameters}

    def keys(self, codes: Array) -> list[bytes]:
        """One hashable per row, equal for equal points; continuous places count as equal within 1e-9."""
        return [row.tobytes() for row in np.round(codes, 9) + 0.0]

    def all_codes(self) -> Array:
        """Every point of a finite space, shape (size, d), the last parameter varying fastest."""
        axes = [dim.first + np.arange(dim.count or 0) for dim in self.dimensions.values()]
        grid = np.meshgrid(*axes, indexing="ij") if axes else [np.zeros(1)]
        return np.stack(grid, axis=-1).reshape(-1, len(grid))[:, : self.d]

    def successor(self, row: Array) -> Array:
        """The next point of a finite space in the order of ``all_codes``; after the last comes the first."""
        following = row.copy()
        for j, dim in reversed(list(enumerate(self.dimensions.values()))):
            if following[j] < dim.last:
                following[j] += 1
                return following
            following[j] = dim.first
        return following

    def used_keys(self, codes: Array) -> frozenset[bytes]:
        """The points not to hand out again: all seen or, once a finite space is used up, those of the newest round."""
        counts = Counter(self.keys(codes[~np.isnan(codes).any(axis=1)]))
        if self.size is None:
            return frozenset(counts)
        inside = set(self.keys(self.all_codes())) & set(counts) if len(counts) >= self.size else set()
        rounds = min(counts[key] for key in inside) if len(inside) == self.size else 0
        return frozenset(key for key, n in counts.items() if n > rounds)

    def _columns(self, array: Array, functions: Sequence[Any]) -> Array:
        out = np.empty_like(array)
        for j, function in enumerate(functions):
            out[:, j] = function(array[:, j])
        return out
