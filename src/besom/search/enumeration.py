"""The points of a finite space by number, under its conditions: counted, never listed.

Parameters that conditions speak of together form a *block*, whose combinations are gone through once: which of them may
be handed out, and how many points each stands for, given which of its dependants exist in it. Blocks, and parameters
that no condition speaks of, are the digits of a mixed-radix number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from besom.search.column import Column
from besom.search.rules import Rules, Statement

MOST_COMBINATIONS = 1_000_000
"""Of one block; formulas over all of them take up to a second, those that arrays cannot compute ten."""


class TooManyError(ValueError):
    """Conditions speak of more combinations than can be gone through."""


class Enumeration:
    """A bijection between 0 to ``size`` - 1 and the settled, allowed rows of codes.

    Without conditions the last column varies fastest.

    Args:
        columns: Of the space, each with a count.
        rules: Of the space.
        most: Combinations that one block may have.

    Raises:
        TooManyError: a block has more.
    """

    def __init__(self, columns: Sequence[Column], rules: Rules, most: int = MOST_COMBINATIONS) -> None:
        self._d = len(columns)
        self._digits = sorted(_digits(columns, rules, most), key=lambda digit: digit.columns)
        possible = all(rules.allowed(np.full((1, self._d), math.nan), [s for s in rules.refusals if not s.columns]))
        self.size = math.prod(digit.count for digit in self._digits) if possible else 0
        """How many points there are: any integer."""

    def row(self, index: int) -> list[float]:
        """The codes of point ``index``, in [0, size)."""
        row = [math.nan] * self._d
        for digit in reversed(self._digits):
            index, rank = divmod(index, digit.count)
            digit.write(rank, row)
        return row

    def index(self, row: Sequence[float]) -> int | None:
        """The number of a row of codes; None when it is none of the points."""
        if not self.size:
            return None
        index = 0
        for digit in self._digits:
            rank = digit.rank(row)
            if rank is None:
                return None
            index = index * digit.count + rank
        return index


class _Axis:
    """A column that no condition has to do with."""

    def __init__(self, j: int, column: Column) -> None:
        self.columns = [j]
        self.count = column.dimension.count or 0
        self._j, self._first = j, int(column.dimension.first)

    def write(self, rank: int, row: list[float]) -> None:
        row[self._j] = float(self._first + rank)

    def rank(self, row: Sequence[float]) -> int | None:
        code = row[self._j]
        if not math.isfinite(code) or not 0 <= int(code) - self._first < self.count:
            return None
        return int(code) - self._first


class _Block:
    """Columns whose combinations have to be looked at one by one, and columns that exist or not depending on those.

    Args:
        joint: The former.
        leaves: The latter.
        columns: All columns of the space.
        rules: Of the space.
        refusals: Those that speak of this block.
        most: Combinations that it may have.
    """

    def __init__(
        self,
        joint: list[int],
        leaves: list[int],
        columns: Sequence[Column],
        rules: Rules,
        refusals: Sequence[Statement],
        most: int,
    ) -> None:
        self.columns = sorted([*joint, *leaves])
        self._joint, self._leaves = joint, [_Axis(j, columns[j]) for j in leaves]
        self._counts = [columns[j].dimension.count or 0 for j in joint]
        self._first = np.array([columns[j].dimension.first for j in joint])
        total = math.prod(self._counts)
        if total > most:
            names = ", ".join(".".join(path) for j in joint for path in columns[j].paths)
            raise TooManyError(
                f"conditions speak of {names} together, which have {total:,} combinations; "
                f"at most {most:,} can be gone through: list fewer values, or write fewer conditions"
            )
        digits = np.indices(self._counts).reshape(len(joint), total).T
        codes = np.full((total, len(columns)), math.nan)
        codes[:, joint] = self._first + digits
        codes[:, leaves] = [columns[j].dimension.first for j in leaves]
        codes = rules.settle(codes)
        lacking = np.isnan(codes[:, joint])
        kept = np.flatnonzero((~lacking | (digits == 0)).all(axis=1))  # one stands for all values of what is absent
        kept = kept[rules.allowed(codes[kept], refusals)]
        self._raw, self._codes, self._exist = kept, codes[kept][:, joint], ~np.isnan(codes[kept][:, leaves])
        weights = np.ones(len(kept), dtype=object if self._overflows(total) else np.int64)
        for axis, exists in zip(self._leaves, self._exist.T, strict=True):
            weights = weights * np.where(exists, axis.count, 1).astype(weights.dtype)
        self._until = np.cumsum(weights)
        self.count = int(self._until[-1]) if len(kept) else 0

    def write(self, rank: int, row: list[float]) -> None:
        k = int(np.searchsorted(self._until, rank, side="right"))
        rest = rank - (int(self._until[k - 1]) if k else 0)
        for j, code in zip(self._joint, self._codes[k].tolist(), strict=True):
            row[j] = code
        for axis in reversed(self._existing(k)):
            rest, digit = divmod(rest, axis.count)
            axis.write(digit, row)

    def rank(self, row: Sequence[float]) -> int | None:
        codes = np.array([row[j] for j in self._joint])
        raw = 0
        for digit, count in zip(np.where(np.isnan(codes), 0, codes - self._first), self._counts, strict=True):
            if not 0 <= digit < count:
                return None
            raw = raw * count + int(digit)
        k = int(np.searchsorted(self._raw, raw))
        if k == len(self._raw) or self._raw[k] != raw or not np.array_equal(self._codes[k], codes, equal_nan=True):
            return None
        existing = self._existing(k)
        rank = 0
        for axis in self._leaves:
            if axis not in existing:
                if not math.isnan(row[axis.columns[0]]):
                    return None
                continue
            digit = axis.rank(row)
            if digit is None:
                return None
            rank = rank * axis.count + digit
        return rank + (int(self._until[k - 1]) if k else 0)

    def _existing(self, k: int) -> list[_Axis]:
        return [axis for axis, exists in zip(self._leaves, self._exist[k], strict=True) if exists]

    def _overflows(self, total: int) -> bool:
        return total * math.prod(axis.count for axis in self._leaves) >= 2**62


def _digits(columns: Sequence[Column], rules: Rules, most: int) -> list[Any]:
    """The blocks and the single columns."""
    together = [set(statement.columns) for statement in rules.refusals]
    spoken = set().union(*together)
    for j, statements in rules.existence.items():
        parents = {k for statement in statements for k in statement.columns}
        spoken |= parents
        together.append(parents | {j})
    found: list[Any] = []
    for group in _merged([*({j} for j in range(len(columns))), *filter(None, together)]):
        if not group & spoken and not group & rules.existence.keys():
            found += [_Axis(j, columns[j]) for j in group]
            continue
        refusals = [statement for statement in rules.refusals if group.intersection(statement.columns)]
        found.append(_Block(sorted(group & spoken), sorted(group - spoken), columns, rules, refusals, most))
    return found


def _merged(groups: Iterable[set[int]]) -> list[set[int]]:
    """Groups that share an element become one."""
    merged: list[set[int]] = []
    for group in groups:
        apart = [other for other in merged if not other & group]
        merged = [*apart, group.union(*(other for other in merged if other & group))]
    return merged
