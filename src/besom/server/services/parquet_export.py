"""A table of runs as a Parquet file: typed columns, in groups of rows, so that it never is in memory whole."""

from __future__ import annotations

import asyncio
import importlib
import io
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import mark_numbers
from besom.server.services.refusals import Conflict
from besom.server.services.run_table import FACTS, RunTable, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_BYTES = 8 << 20
"""Of a group of rows, before it is compressed."""

Convert = Callable[[Any], Any]


async def load_parquet() -> None:
    """Loads the library, which takes a while, and which few servers are ever asked for: before ``parquet_pieces``.

    Raises:
        Conflict: the server lacks it.
    """
    try:
        await asyncio.to_thread(importlib.import_module, "pyarrow.parquet")
    except ImportError:
        raise Conflict(
            "no_parquet",
            "This server cannot write Parquet: pyarrow is not installed.",
            "On the server: pip install 'besom[parquet]'. CSV needs nothing.",
            field="format",
        ) from None


def parquet_pieces(table: RunTable) -> AsyncIterator[bytes]:
    """The file, piece by piece. Numbers stay numbers, missing values are null, times are UTC, tags are lists of text.

    A column is of truth values, whole numbers, numbers or text, as all of its values are. Where they differ, or are
    lists, it is text, and what is no text is written as JSON. A value of a run at work that has become of another kind
    while the file is written is null.
    """
    import pyarrow as pa

    of_fact = {
        "tags": pa.list_(pa.string()),
        "created": pa.timestamp("us", tz="UTC"),
        "duration": pa.float64(),
    }
    of_kind = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    kinds = {name: _kind(found) for name, found in table.columns.items()}
    schema = pa.schema(
        [(name, of_fact.get(name, pa.string())) for name in FACTS]
        + [(name, of_kind[kind]) for name, kind in kinds.items()]
    )
    converters = [_FACTS.get(name, _same) for name in FACTS] + [_CONVERTERS[kind] for kind in kinds.values()]
    return _pieces(table, schema, converters)


async def _pieces(table: RunTable, schema: pa.Schema, converters: list[Convert]) -> AsyncIterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    def batch_of(rows: list[list[Any]]) -> pa.RecordBatch:
        columns = zip(zip(*rows, strict=True), converters, schema.types, strict=True)
        arrays = [pa.array(list(map(convert, column)), kind) for column, convert, kind in columns]
        return pa.record_batch(arrays, schema)

    file = _File()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(batches: list[pa.RecordBatch]) -> bytes:
            writer.write_table(pa.Table.from_batches(batches))
            return file.take()

        waiting: list[pa.RecordBatch] = []
        async for rows in table.pages():
            waiting.append(await asyncio.to_thread(batch_of, rows))
            if sum(batch.nbytes for batch in waiting) >= _GROUP_BYTES:
                yield await asyncio.to_thread(write, waiting)
                waiting = []
        if waiting:
            yield await asyncio.to_thread(write, waiting)
    yield file.take()


class _File(io.BytesIO):
    """What was written and not yet taken. The writer itself counts how far it is."""

    def take(self) -> bytes:
        """All of it."""
        written = self.getvalue()
        self.seek(0)
        self.truncate()
        return written

    def close(self) -> None:
        """The writer closes what it has ended; the last piece is taken after that."""


def _kind(found: frozenset[type]) -> type:
    """The kind of a column of values of these kinds."""
    if len(found) == 1 and found <= {bool, int, float}:
        return next(iter(found))
    return float if found == {int, float} else str


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else msgspec.json.encode(mark_numbers(value)).decode()


def _number(value: Any) -> float | None:
    return float(value) if kind_of(value) in (int, float) else None


_FACTS: dict[str, Convert] = {"created": lambda seconds: round(seconds * 1e6)}
_CONVERTERS: dict[type, Convert] = {
    bool: lambda value: value if kind_of(value) is bool else None,
    int: lambda value: value if kind_of(value) is int else None,
    float: _number,
    str: _text,
}
