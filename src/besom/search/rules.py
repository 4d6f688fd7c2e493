"""Conditions, computed for many rows of codes at once: which parameters exist in them, and which are never handed out.

A condition on listed values is a comparison of codes. Everything else (a formula, a condition on a derived value or on
a constant that exists only sometimes) is asked once per combination of the parameters that it depends on; of many
combinations at once where it is a formula that arrays can compute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from besom.config.conditions import holds
from besom.config.equality import same
from besom.config.existence import exists, needed_by, ordered
from besom.config.expressions import ExpressionError, evaluate
from besom.config.model import Condition, Derived, Expression, Parameter
from besom.search.column import Column
from besom.search.dimension import Dimension, Levels
from besom.search.formulas import NotColumnar
from besom.search.point import Path
from besom.search.scale import Array, Mask
from besom.search.table import Table

_REMEMBERED = 20_000
"""Answers that one statement keeps."""
MANY = 1000
"""Rows from which on arrays are quicker."""


class Rules:
    """The conditions of a space.

    Args:
        parameters: All of the space.
        columns: What the columns of codes set.
        fixed: The values of parameters that have only one.
        forbid: Combinations that are never handed out.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        columns: Sequence[Column],
        fixed: Mapping[Path, Any],
        forbid: Iterable[Condition],
    ) -> None:
        self._columns, self._fixed = columns, fixed
        self._ordered = ordered(parameters)
        self._place = {path: j for j, column in enumerate(columns) for path in column.paths}
        self._closures: dict[Path, frozenset[Path]] = {}
        for parameter in self._ordered:
            needed = (self._closures.get(path, frozenset()) for path in needed_by(parameter))
            self._closures[parameter.path] = frozenset({parameter.path}).union(*needed)
        self.existence: dict[int, list[Statement]] = {
            self._place[p.path]: [self._of_condition(condition) for condition in p.when]
            for p in self._ordered
            if p.when and p.path in self._place
        }
        """For each column that does not always exist, what must hold; parents first."""
        self.refusals = [self._of_condition(condition) for condition in forbid]
        """What must not hold of a row."""
        self.refusals += [self._failure(p) for p in self._ordered if isinstance(p.distribution, Derived)]

    def settle(self, codes: Array, middle: Array | None = None) -> Array:
        """Codes (n, d) with NaN where a condition does not hold.

        Args:
            codes: Not changed. Where a condition speaks of something unknown, nothing is said.
            middle: Takes the place of existing values that are lacking, shape (d,).
        """
        settled = codes.copy()
        absent = np.zeros(codes.shape, dtype=bool)
        if middle is not None:
            always = [j for j in range(codes.shape[1]) if j not in self.existence]
            settled[:, always] = np.where(np.isnan(codes[:, always]), middle[always], codes[:, always])
        for j, statements in self.existence.items():
            for statement in statements:
                known = ~(np.isnan(settled) & ~absent)[:, statement.columns].any(axis=1) & ~absent[:, j]
                absent[known, j] = ~statement.holds(settled[known])
            settled[absent[:, j], j] = math.nan
            if middle is not None:
                settled[np.isnan(settled[:, j]) & ~absent[:, j], j] = middle[j]
        return settled

    def allowed(self, codes: Array, refusals: Sequence[Statement] | None = None) -> Mask:
        """Which of the settled rows (n, d) may be handed out, as far as ``refusals`` (default: all) tell."""
        allowed = np.ones(len(codes), dtype=bool)
        for statement in self.refusals if refusals is None else refusals:
            allowed[allowed] = ~statement.holds(codes[allowed])
        return allowed

    def values(self, row: Sequence[float]) -> dict[Path, Any]:
        """The point of a settled row, in no particular order.

        Raises:
            ExpressionError: a derived value cannot be computed.
        """
        return self._values(row, self._ordered)

    def _values(self, row: Sequence[float], parameters: Iterable[Parameter]) -> dict[Path, Any]:
        values: dict[Path, Any] = {}
        for parameter in parameters:
            place = self._place.get(parameter.path)
            if place is not None:
                if not math.isnan(row[place]):
                    self._columns[place].write(row[place], values)
            elif exists(parameter, values):
                match parameter.distribution:
                    case Derived(expression):
                        values[parameter.path] = evaluate(expression, values)
                    case _:
                        values[parameter.path] = self._fixed[parameter.path]
        return values

    def _of_condition(self, condition: Condition) -> Statement:
        direct = [(path, values) for path, values in condition.allowed if path in self._place]
        listed = [
            (self._place[path], np.array(_codes(self._columns[self._place[path]], path, values)))
            for path, values in direct
        ]
        rest = Condition(tuple(item for item in condition.allowed if item not in direct), condition.expression)
        columns = self._columns_of(condition.paths)
        if not rest.paths and rest.expression is None:
            return Statement(columns, listed)
        formula = None if rest.allowed else rest.expression
        at_once = None if formula is None else partial(self._holds, formula)
        return Statement(columns, listed, self._columns_of(rest.paths), self._asking(rest.paths, rest), at_once)

    def _failure(self, derived: Parameter) -> Statement:
        columns = self._columns_of([derived.path])
        at_once = partial(self._fails, derived.path)
        return Statement(columns, [], columns, self._asking([derived.path], None), at_once)

    def _holds(self, formula: Expression, codes: Array) -> Mask:
        return self._table(codes).holds(formula)

    def _fails(self, path: Path, codes: Array) -> Mask:
        return self._table(codes).fails(path)

    def _table(self, codes: Array) -> Table:
        return Table(codes, self._columns, {parameter.path: parameter for parameter in self._ordered}, self._fixed)

    def _asking(self, paths: Iterable[Path], condition: Condition | None) -> Callable[[Sequence[float]], bool]:
        """Whether ``condition`` holds of a row; without one, whether the values at ``paths`` cannot be computed."""
        needed = frozenset().union(*(self._closures.get(path, frozenset()) for path in paths))
        parameters = [parameter for parameter in self._ordered if parameter.path in needed]

        def ask(row: Sequence[float]) -> bool:
            try:
                values = self._values(row, parameters)
            except ExpressionError:
                return condition is None
            return condition is not None and holds(condition, values)

        return ask

    def _columns_of(self, paths: Iterable[Path]) -> list[int]:
        needed = frozenset().union(*(self._closures.get(path, frozenset()) for path in paths))
        return sorted({self._place[path] for path in needed if path in self._place})


class Statement:
    """Something that holds of a row or not.

    Args:
        columns: All columns that it depends on, directly or not.
        listed: Columns, and the codes that each must have one of.
        asked: Columns that ``ask`` depends on.
        ask: What else must be true of a row.
        at_once: The same of many rows.
    """

    def __init__(
        self,
        columns: Sequence[int],
        listed: Sequence[tuple[int, Array]],
        asked: Sequence[int] = (),
        ask: Callable[[Sequence[float]], bool] | None = None,
        at_once: Callable[[Array], Mask] | None = None,
    ) -> None:
        self.columns = list(columns)
        self._listed, self._asked, self._ask, self._at_once = listed, list(asked), ask, at_once
        self._answers: dict[bytes, bool] = {}

    def holds(self, codes: Array) -> Mask:
        """Whether it does, for each settled row of codes (n, d)."""
        found = np.ones(len(codes), dtype=bool)
        for j, wanted in self._listed:
            found &= np.isin(codes[:, j], wanted)
        if self._ask is not None and found.any():
            found[found] = self._asked_of(codes[found])
        return found

    def _asked_of(self, codes: Array) -> Mask:
        if not self._asked:
            return np.full(len(codes), self._answer(codes[0], b""))
        if self._at_once is not None and len(codes) >= MANY:
            try:
                return self._at_once(codes)
            except NotColumnar:
                self._at_once = None
        rows = np.ascontiguousarray(codes[:, self._asked] + 0.0)
        keys, first, back = np.unique(
            rows.view(f"V{rows.itemsize * rows.shape[1]}").ravel(), return_index=True, return_inverse=True
        )
        answers = [self._answer(codes[i], bytes(key)) for i, key in zip(first, keys, strict=True)]
        return np.array(answers, dtype=bool)[back]

    def _answer(self, row: Array, key: bytes) -> bool:
        known = self._answers.get(key)
        if known is None:
            known = self._ask is None or self._ask(row.tolist())
            if len(self._answers) < _REMEMBERED:
                self._answers[key] = known
        return known


def _codes(column: Column, path: Path, values: Sequence[Any]) -> list[float]:
    """The codes at which the parameter at ``path`` has one of ``values``."""
    dimension: Dimension = column.dimension
    if isinstance(dimension, Levels):
        member = column.paths.index(path)
        levels = dimension.levels if len(column.paths) == 1 else [row[member] for row in dimension.levels]
        return [float(k) for k, level in enumerate(levels) if any(same(level, value) for value in values)]
    nearest = dimension.codes(values).tolist()
    return [c for c, v in zip(nearest, values, strict=True) if not math.isnan(c) and same(dimension.value(c), v)]
