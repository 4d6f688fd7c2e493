"""Points as columns of values, for formulas over many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from besom.config.model import Derived, Expression, Parameter
from besom.search.column import Column
from besom.search.formulas import NotColumnar, Values, compute, values_of
from besom.search.point import Path
from besom.search.scale import Array, Mask


class Table:
    """Settled rows of codes, read when asked for.

    Args:
        codes: Shape (n, d).
        columns: What the columns of codes set.
        parameters: By path.
        fixed: The values of parameters that have only one.
    """

    def __init__(
        self, codes: Array, columns: Sequence[Column], parameters: Mapping[Path, Parameter], fixed: Mapping[Path, Any]
    ) -> None:
        self._codes, self._columns, self._parameters, self._fixed = codes, columns, parameters, fixed
        self._place = {path: j for j, column in enumerate(columns) for path in column.paths}
        self._known: dict[Path, tuple[Values, Mask]] = {}

    def holds(self, expression: Expression) -> Mask:
        """Where a condition's formula is true: false where it speaks of what is absent, or cannot be computed.

        Raises:
            NotColumnar: that has to be looked at point by point.
        """
        found, absent = self._computed(expression)
        return found.truth & ~found.fails & ~absent

    def fails(self, path: Path) -> Mask:
        """Where a derived value exists and cannot be computed.

        Raises:
            NotColumnar: that has to be looked at point by point.
        """
        found, absent = self._column(path)
        return found.fails & ~absent

    def _column(self, path: Path) -> tuple[Values, Mask]:
        """The values of a parameter, and where it is absent."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: Path) -> tuple[Values, Mask]:
        if path in self._place:
            return self._coded(path, self._place[path])
        parameter = self._parameters[path]
        if parameter.when:
            raise NotColumnar
        if isinstance(parameter.distribution, Derived):
            return self._computed(parameter.distribution.expression)
        return self._spread(values_of([self._fixed[path]])), np.zeros(len(self._codes), dtype=bool)

    def _coded(self, path: Path, j: int) -> tuple[Values, Mask]:
        absent = np.isnan(self._codes[:, j])
        codes, back = np.unique(
            np.where(absent, self._columns[j].dimension.first, self._codes[:, j]), return_inverse=True
        )
        cells: list[dict[Path, Any]] = [{} for _ in codes]
        for code, cell in zip(codes.tolist(), cells, strict=True):
            self._columns[j].write(code, cell)
        found = values_of([cell[path] for cell in cells])
        return Values(found.data[back], found.fails[back], found.whole), absent

    def _computed(self, expression: Expression) -> tuple[Values, Mask]:
        used = {".".join(path): self._column(path) for path in expression.paths}
        found = self._spread(compute(expression.text, lambda name: used[name][0]))
        fails, absent = found.fails, np.zeros(len(self._codes), dtype=bool)
        for values, lacking in used.values():
            fails, absent = fails | values.fails, absent | lacking  # also of what the formula comes to not to need
        return Values(found.data, fails, found.whole), absent

    def _spread(self, found: Values) -> Values:
        n = (len(self._codes),)
        return Values(np.broadcast_to(found.data, n), np.broadcast_to(found.fails, n), found.whole)
