"""The search space: all parameters together, as points that runs get and as arrays that methods compute with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from besom.config.model import Categorical, Condition, Derived, Distribution, Parameter, SweepConfig
from besom.search.column import Column, Zipped
from besom.search.dimension import Dimension, Integer, Levels, Stepped, dimension
from besom.search.enumeration import Enumeration, TooManyError
from besom.search.point import Path, Values
from besom.search.rules import Rules
from besom.search.scale import Array, Mask

_COUNTED = 100_000
"""More combinations than a search that draws points will ever use up are not worth the time of counting them."""
_FRUITLESS = 10_000
"""Draws without one that is allowed, after which a space counts as empty."""


class Space:
    """The leaves of a configuration. ``d`` counts those with more than one value; arrays of codes have shape (n, d).

    Codes are described in ``besom.search.dimension``; a NaN marks a parameter that a point lacks or has unusably, and
    one that does not exist in it because its condition does not hold.

    Args:
        parameters: The leaves, in the configuration's order.
        forbid: Combinations that are never handed out.
        zips: Lists that advance together: one column each.
        of: The dimension of a distribution.
        most: Combinations of parameters that conditions speak of, beyond which the points are not counted.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        *,
        forbid: Sequence[Condition] = (),
        zips: Sequence[Sequence[Path]] = (),
        of: Callable[[Distribution], Dimension] = dimension,
        most: int = _COUNTED,
    ) -> None:
        self._most = most
        self.parameters = tuple(parameters)
        self.forbid, self.zips = tuple(forbid), tuple(map(tuple, zips))
        found = list(_columns(self.parameters, self.zips, of))
        self.fixed: dict[Path, Any] = {}
        """Constants, and whatever else has only one value."""
        for column in found:
            if column.dimension.count == 1:
                column.write(column.dimension.first, self.fixed)
        self.columns = tuple(column for column in found if column.dimension.count != 1)
        self.dimensions: dict[Path, Dimension] = {column.paths[0]: column.dimension for column in self.columns}
        """The columns; one that sets several parameters stands under its first."""
        kinds = list(self.dimensions.values())
        self.d = len(kinds)
        self.categorical = np.array([isinstance(dim, Levels) for dim in kinds], dtype=bool)
        self.stepped = np.array([isinstance(dim, Integer | Stepped) for dim in kinds], dtype=bool)
        self.discrete = bool(np.all(self.categorical | self.stepped))
        self._rules = Rules(self.parameters, self.columns, self.fixed, self.forbid)
        self.conditional = bool(self._rules.existence)
        """Whether some columns do not exist in every point."""
        self._restricted = bool(self._rules.refusals)

    @classmethod
    def of(cls, config: SweepConfig) -> Space:
        """The space of a configuration; the parameter that tells its repeats apart is no part of it."""
        return cls(searched(config), forbid=config.forbid, zips=config.zips)

    @cached_property
    def enumeration(self) -> Enumeration | None:
        """The points by number; None when a parameter has no end of values.

        Raises:
            TooManyError: its conditions speak of too many combinations.
        """
        endless = any(dim.count is None for dim in self.dimensions.values())
        return None if endless else Enumeration(self.columns, self._rules, self._most)

    @cached_property
    def size(self) -> int | None:
        """The number of distinct points; None when there is no end of them, or they are too many to be counted."""
        try:
            return None if self.enumeration is None else self.enumeration.size
        except TooManyError:
            return None

    @property
    def returning(self) -> bool:
        """Whether the same point may be drawn twice, so that a search has to know what was drawn before."""
        return self.conditional or self.size is not None

    def codes_at(self, u: Array) -> Array:
        """Quantiles of every parameter at ``u``, shape (n, d), as codes; no condition is heeded."""
        return self._by_column(u, [dim.codes_at for dim in self.dimensions.values()])

    def settle(self, codes: Array) -> Array:
        """Codes (n, d) of whole points: NaN where a condition does not hold, a middle value where one is lacking."""
        return self._rules.settle(codes, self._middle)

    def allowed(self, row: Array) -> bool:
        """Whether a settled row of codes may be handed out."""
        return not self._restricted or bool(self._rules.allowed(row[None])[0])

    def allowed_rows(self, codes: Array) -> Mask:
        """The same of many rows (n, d); formulas cost some microseconds for each combination of what they use."""
        return self._rules.allowed(codes)

    def sample(self, rng: np.random.Generator, n: int) -> Array:
        """``n`` independent draws from the parameters' distributions, settled and allowed, as codes.

        Raises:
            ValueError: ten thousand draws gave none that is allowed.
        """
        rows, drawn = self._draw(rng, n), n
        while len(rows) < n and drawn < max(_FRUITLESS, 20 * n):
            rows = np.vstack([rows, self._draw(rng, max(n, 256))])
            drawn += max(n, 256)
        if not len(rows):
            rows = self._draw_listed(rng, n)
        return rows[np.arange(n) % len(rows)]  # where hardly anything is allowed, what was found comes again

    def positions(self, codes: Array) -> Array:
        """What a model sees, shape (n, d): numbers in [0, 1], level indices; 0.5 and -1 where a value is lacking."""
        positions = self._by_column(codes, [dim.positions for dim in self.dimensions.values()])
        return np.where(np.isnan(codes), np.where(self.categorical, -1.0, 0.5), positions)

    def encode(self, points: Sequence[Values]) -> Array:
        """The codes of reported points, shape (n, d); never an error, NaN where nothing usable is there.

        A value that a point cannot have, because a condition does not hold, is passed over.
        """
        codes = np.empty((len(points), self.d))
        for j, column in enumerate(self.columns):
            codes[:, j] = column.read(points)
        return self._rules.settle(codes) if self.conditional else codes

    def decode(self, row: Sequence[float] | Array) -> dict[Path, Any]:
        """The point of a settled row: every parameter that exists, derived ones too, in the configuration's order.

        Raises:
            ExpressionError: a derived value cannot be computed; ``allowed`` tells before.
        """
        values = self._rules.values(row.tolist() if isinstance(row, np.ndarray) else row)
        return {p.path: values[p.path] for p in self.parameters if p.path in values}

    def keys(self, codes: Array) -> list[bytes]:
        """One hashable per row, equal for equal points; continuous places count as equal within 1e-9."""
        rounded = np.ascontiguousarray(np.where(np.isnan(codes), math.nan, np.round(codes, 9) + 0.0))
        return [row.tobytes() for row in rounded]

    def whole(self, codes: Array) -> Mask:
        """Which rows (n, d) lack nothing but what does not exist in them."""
        if not self.conditional:
            return np.asarray(~np.isnan(codes).any(axis=1))
        return np.asarray(np.all(np.isnan(self.settle(codes)) == np.isnan(codes), axis=1))

    def all_codes(self) -> Array:
        """Every point of a finite space, shape (size, d), in the order of its enumeration."""
        return self._all_codes

    def successor(self, row: Array) -> Array:
        """The next point of a finite space in the order of ``all_codes``; after the last comes the first."""
        enumeration = self.enumeration
        if enumeration is None:
            raise ValueError("a space without end has no order")
        index = enumeration.index(row.tolist())
        return np.array(enumeration.row(0 if index is None else (index + 1) % enumeration.size))

    def used_keys(self, codes: Array) -> frozenset[bytes]:
        """The points not to hand out again: all seen or, once a finite space is used up, those of the newest round."""
        counts = Counter(self.keys(codes[self.whole(codes)]))
        if self.size is None:
            return frozenset(counts)
        inside = set(self.keys(self.all_codes())) & set(counts) if len(counts) >= self.size else set()
        rounds = min(counts[key] for key in inside) if inside and len(inside) == self.size else 0
        return frozenset(key for key, n in counts.items() if n > rounds)

    @cached_property
    def _all_codes(self) -> Array:
        enumeration = self.enumeration
        if enumeration is None:
            raise ValueError("a space without end cannot be listed")
        rows = [enumeration.row(i) for i in range(enumeration.size)]
        return np.array(rows, dtype=float).reshape(enumeration.size, self.d)

    @cached_property
    def _middle(self) -> Array:
        return np.asarray(self.codes_at(np.full((1, self.d), 0.5))[0])

    def _draw(self, rng: np.random.Generator, n: int) -> Array:
        codes = self.codes_at(rng.random((n, self.d)))
        if self.conditional:
            codes = self._rules.settle(codes)
        return codes[self._rules.allowed(codes)] if self._restricted else codes

    def _draw_listed(self, rng: np.random.Generator, n: int) -> Array:
        """Draws, all equally likely, of a space where hardly anything is allowed."""
        enumeration = self.enumeration if self.size else None
        if enumeration is None:
            raise ValueError(
                f"{_FRUITLESS:,} points were drawn, and `forbid`, or an `expr` that fails, rules out each of them"
            )
        return np.array([enumeration.row(int(rng.random() * enumeration.size)) for _ in range(n)])

    def _by_column(self, array: Array, functions: Sequence[Any]) -> Array:
        out = np.empty_like(array)
        for j, function in enumerate(functions):
            out[:, j] = function(array[:, j])
        return out


def searched(config: SweepConfig) -> tuple[Parameter, ...]:
    """The parameters of a configuration without the one that tells its repeats apart."""
    repeated = config.repeat.parameter if config.repeat else None
    return tuple(p for p in config.parameters if p.path != repeated)


def _columns(
    parameters: Sequence[Parameter], zips: Sequence[Sequence[Path]], of: Callable[[Distribution], Dimension]
) -> Iterator[Column]:
    """A column per parameter that is searched; a zip's stands where its first parameter does."""
    by_path = {parameter.path: parameter for parameter in parameters}
    together = {path: group for group in zips for path in group}
    done: set[Path] = set()
    for parameter in parameters:
        path = parameter.path
        if path in done or isinstance(parameter.distribution, Derived):
            continue
        if path not in together:
            yield Column((path,), of(parameter.distribution))
            continue
        group = tuple(p.path for p in parameters if p.path in together[path])
        done.update(group)
        lists = [by_path[p].distribution for p in group]
        yield Column(group, Zipped([listed.values for listed in lists if isinstance(listed, Categorical)]))
