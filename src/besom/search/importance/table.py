"""What runs were given, by column: numbers as ranks, anything else as levels, and where a parameter is absent."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from besom.search.point import identity
from besom.search.scale import Array

ABSENT: Final = object()
"""In place of the value of a parameter that a run does not have."""

MOST_LEVELS = 30
"""Of one category; rarer ones count as one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A parameter of n runs, as it was handed out."""

    name: str
    values: Sequence[Any]
    """One JSON value or ``ABSENT`` per run."""
    conditional: bool = False
    """Whether another parameter decides where it exists: then its absence is told by that one."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A parameter that varies, in numbers."""

    name: str
    conditional: bool
    codes: np.ndarray[Any, np.dtype[np.int64]]
    """Shape (n,): the rank of a number among the distinct ones, the index of a level; -1 where absent."""
    numbers: Array | None
    """Shape (n,): the numbers themselves, NaN where absent; None for a category."""
    levels: tuple[Any, ...] = ()
    """The values of a category, in the order of their codes. With ``rest``, the last code stands for all others."""
    rest: bool = False

    @property
    def present(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Shape (n,): the runs in which the parameter exists."""
        return self.codes >= 0

    @property
    def count(self) -> int:
        """How many codes there are."""
        return int(self.codes.max()) + 1


def feature(column: Column) -> Feature | None:
    """The column in numbers; None where it has one value in all runs that have it, and so nothing to tell.

    Finite numbers alone make a numeric parameter. Booleans, text, null, lists, dicts, and mixtures are categories; a
    value that only one run has is no level of its own.
    """
    known = [value for value in column.values if value is not ABSENT]
    return _numeric(column) if all(_is_number(value) for value in known) else _category(column, known)


def _numeric(column: Column) -> Feature | None:
    numbers = np.array([math.nan if value is ABSENT else float(value) for value in column.values])
    present = ~np.isnan(numbers)
    distinct, ranks = np.unique(numbers[present], return_inverse=True)
    if len(distinct) < 2 and (column.conditional or present.all() or len(distinct) == 0):
        return None
    codes = np.full(len(numbers), -1)
    codes[present] = ranks
    return Feature(column.name, column.conditional, codes, numbers)


def _category(column: Column, known: list[Any]) -> Feature | None:
    keys = [identity(value) for value in known]
    frequent = [key for key, count in Counter(keys).most_common(MOST_LEVELS) if count > 1]
    first = dict(zip(reversed(keys), reversed(known), strict=True))
    # Numbers and text in their order, so that equal tables have equal features.
    kept = sorted(frequent, key=lambda key: (str(type(first[key])), str(key)))
    code = {key: index for index, key in enumerate(kept)}
    codes = np.full(len(column.values), -1)
    codes[[i for i, value in enumerate(column.values) if value is not ABSENT]] = [code.get(k, len(kept)) for k in keys]
    distinct = len(set(codes[codes >= 0].tolist()))
    if distinct < 2 and (column.conditional or distinct == 0 or (codes >= 0).all()):
        return None
    rest = len(kept) in codes
    return Feature(column.name, column.conditional, codes, None, tuple(first[key] for key in kept), rest)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, float | int):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:  # an integer beyond all floats
        return False
