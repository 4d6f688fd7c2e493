"""``besom.Table``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from besom.errors import UsageError
from besom.sdk.media.base import Media, Place, is_array, media_path, to_numpy
from besom.sdk.media.convert import media_of
from besom.sdk.values import plain, to_json

MOST_ROWS = 200_000
"""W&B's bound for what is logged."""


class Table(Media):
    """Rows and columns; cells are what ``log`` takes, media too. Logging it keeps the rows that it has then."""

    def __init__(
        self,
        columns: Sequence[str | int] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,  # noqa: ARG002  (W&B checks cells against types; here any cell may hold anything)
        optional: Any = True,  # noqa: ARG002
        allow_mixed_types: bool = False,  # noqa: ARG002
        log_mode: str | None = None,  # noqa: ARG002
    ) -> None:
        """Begins with these rows.

        Args:
            columns: names; ``Input``, ``Output``, ``Expected`` when nothing says.
            data: list of rows, array (rows, columns), or DataFrame of pandas.
            rows: an older name of ``data``.
            dataframe: DataFrame of pandas.
            dtype, optional, allow_mixed_types, log_mode: accepted without effect.

        Raises:
            UsageError: a row is not as long as there are columns; names it.
        """
        data = rows if data is None else data
        frame = dataframe if dataframe is not None else data if hasattr(data, "iloc") else None
        if frame is not None:
            columns = list(frame.columns) if columns is None else columns
            data = frame.to_numpy(dtype=object).tolist()
        elif is_array(data):
            data = to_numpy(data).tolist()
            columns = list(range(len(data[0]))) if columns is None and data else columns
        self.columns = [str(name) for name in (("Input", "Output", "Expected") if columns is None else columns)]
        self.data: list[list[Any]] = []
        for row in data if data is not None else ():
            if not isinstance(row, Iterable):
                raise UsageError(f"Row {len(self.data)} of the table is {row!r}.", "Give each row as a list of cells.")
            self.add_data(*row)

    def add_data(self, *data: Any) -> None:
        """Adds a row."""
        if len(data) != len(self.columns):
            raise UsageError(
                f"Row {len(self.data)} of the table has {len(data)} cells, and the table {len(self.columns)} columns:"
                f" {', '.join(self.columns)}."
            )
        self.data.append(list(data))

    add_row = add_data

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:  # noqa: ARG002
        """Adds a column: one cell for each row."""
        cells = to_numpy(data).tolist() if is_array(data) else list(data)
        if name in self.columns:
            raise UsageError(f"The table has a column {name!r} already.")
        if not self.columns:
            self.data = [[] for _ in cells]
        if len(cells) != len(self.data):
            raise UsageError(f"Column {name!r} has {len(cells)} cells, and the table {len(self.data)} rows.")
        self.columns.append(str(name))
        for row, cell in zip(self.data, cells, strict=True):
            row.append(cell)

    def add_computed_columns(self, compute: Callable[[int, dict[str, Any]], dict[str, Any]]) -> None:
        """Adds columns that ``compute(index, {column: cell})`` gives for each row."""
        computed = [compute(index, dict(zip(self.columns, row, strict=True))) for index, row in self.iterrows()]
        for name in computed[0] if computed else ():
            self.add_column(name, [cells[name] for cells in computed])

    def get_column(self, name: str, convert_to: str | None = None) -> Any:
        """The cells of a column, as list or, with ``convert_to="numpy"``, as array."""
        if name not in self.columns:
            raise UsageError(f"The table has no column {name!r}.", f"Its columns: {', '.join(self.columns)}.")
        at = self.columns.index(name)
        cells = [row[at] for row in self.data]
        return cells if convert_to is None else _numpy().array(cells)

    def get_dataframe(self) -> Any:
        """The table as a DataFrame of pandas."""
        try:
            import pandas  # type: ignore[import-untyped, unused-ignore]
        except ImportError:
            raise UsageError("get_dataframe() needs pandas.", "pip install pandas") from None
        return pandas.DataFrame.from_records(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Number and cells of each row."""
        yield from enumerate(self.data)

    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:
        """See ``Media.describe``: a file of JSON; media of its cells are files of their own."""
        data = self.encoded(place, key, step)
        entry = place.put(media_path("table", key, step, data, "table.json"), data)
        return {
            "_type": "table-file",
            "path": entry.path,
            "sha256": entry.digest,
            "size": entry.size,
            "format": "json",
            "ncols": len(self.columns),
            "nrows": len(self.data),
        }

    def encoded(self, place: Place, key: str, step: int) -> bytes:
        """The table as JSON; media of its cells are put into ``place``."""
        if len(self.data) > MOST_ROWS:
            raise UsageError(
                f"Table {key!r} has {len(self.data)} rows; {MOST_ROWS} are allowed.", "Log a sample of them."
            )
        cells = [
            [
                self._cell(place, f"{key}.{name}.{index}", step, cell)
                for name, cell in zip(self.columns, row, strict=True)
            ]
            for index, row in enumerate(self.data)
        ]
        return to_json({"columns": self.columns, "data": cells})

    @classmethod
    def from_columns(cls, columns: Sequence[str], data: Iterable[Sequence[Any]]) -> Table:
        """A table as its file holds it."""
        return cls(columns=columns, data=[list(row) for row in data])

    def _cell(self, place: Place, name: str, step: int, cell: Any) -> Any:
        media = media_of(cell)
        return plain(cell, name) if media is None else media.describe(place, name, step)

    def __len__(self) -> int:
        return len(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self.columns, self.data) == (other.columns, other.data)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __copy__(self) -> Table:
        return Table.from_columns(self.columns, copy.copy(self.data))

    def __repr__(self) -> str:
        return f"<besom.Table of {len(self.data)} rows: {', '.join(self.columns)}>"


def _numpy() -> Any:
    import numpy as np  # late: asked for

    return np
