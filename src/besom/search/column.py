"""One dimension of the search and the parameters that it sets: one of them, or all of a zip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from besom.search.dimension import Dimension, Levels
from besom.search.point import Path, Values
from besom.search.scale import Array

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the arrays of codes."""

    paths: tuple[Path, ...]
    dimension: Dimension

    def read(self, points: Sequence[Values]) -> Array:
        """The codes of reported points, NaN where one gives nothing usable."""
        codes = np.full(len(points), math.nan)
        given = [i for i, point in enumerate(points) if any(path in point for path in self.paths)]
        if len(self.paths) == 1:
            (path,) = self.paths
            codes[given] = self.dimension.codes([points[i][path] for i in given])
        else:
            codes[given] = self.dimension.codes([[points[i].get(path, _ABSENT) for path in self.paths] for i in given])
        return codes

    def write(self, code: float, values: dict[Path, Any]) -> None:
        """Set the values of one code."""
        value = self.dimension.value(code)
        if len(self.paths) == 1:
            values[self.paths[0]] = value
        else:
            values.update(zip(self.paths, value, strict=True))


class Zipped(Levels):
    """Lists that advance together: a level is a row of values, one per parameter.

    A row of which a program rewrote some values, or which lacks some, is known by the others if they tell it.
    """

    def __init__(self, lists: Sequence[Sequence[Any]]) -> None:
        super().__init__(list(zip(*lists, strict=True)))
        columns = list(zip(*self.levels, strict=True))
        self._members = [Levels(values) for values in columns]
        self._rows = np.stack([m.codes(values) for m, values in zip(self._members, columns, strict=True)], axis=1)

    def _level(self, value: Any) -> float:
        codes = [
            math.nan if given is _ABSENT else float(member.codes([given])[0])
            for member, given in zip(self._members, value, strict=True)
        ]
        known = ~np.isnan(codes)
        fitting = np.flatnonzero((self._rows[:, known] == np.array(codes)[known]).all(axis=1))
        return float(fitting[0]) if known.any() and len(fitting) == 1 else math.nan
