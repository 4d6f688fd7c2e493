"""Packed columns: many values of one key in few bytes, without losing any of them.

Numbers lie as 64-bit words whose bytes are grouped by significance ("shuffled"), because the high bytes of
neighbours are alike and vanish in compression. Integers are differences to the one before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from besom.protocol import NON_FINITE, encode_number
from besom.protocol.reading import readable

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@readable
class Column(msgspec.Struct, array_like=True, frozen=True):
    """Values in order. ``others`` holds, by position, what is no float in a column of floats; ``json`` has the text of
    all values in ``words``."""

    kind: Literal["integers", "floats", "clock", "values", "json"]
    words: bytes = b""
    others: dict[int, Any] = {}
    values: list[Any] = []


def pack(values: Sequence[Any]) -> Column:
    """Packs JSON values; the strings "NaN", "Infinity" and "-Infinity" count as the floats that they stand for."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return Column("floats", _shuffle(np.array(values, np.float64)))
    if kinds == {int} and all(-(2**62) < value < 2**62 for value in values):
        return Column("integers", _shuffle(_differences(np.array(values, np.int64))))
    words = np.zeros(len(values), np.float64)
    others: dict[int, Any] = {}
    for position, value in enumerate(values):
        if isinstance(value, float):
            words[position] = value
        elif isinstance(value, str) and value in NON_FINITE:
            words[position] = NON_FINITE[value]
        else:
            others[position] = value
    try:
        msgspec.msgpack.encode(others)
    except OverflowError:  # an integer of more than 64 bits, at any depth: seeds and hashes are some
        return Column("json", msgspec.json.encode(values))
    if 2 * len(others) > len(values):
        return Column("values", values=list(values))
    return Column("floats", _shuffle(words), others)


def pack_clock(times: Sequence[float]) -> Column:
    """Packs times. Neighbouring floats have neighbouring bit patterns, so differences of those are small."""
    return Column("clock", _shuffle(_differences(np.array(times, np.float64).view(np.int64))))


def unpack(column: Column) -> list[Any]:
    """The inverse of ``pack`` and ``pack_clock``."""
    if column.kind == "values":
        return column.values
    if column.kind == "json":
        return msgspec.json.decode(column.words, type=list[Any])
    if column.kind == "integers":
        integers: list[Any] = integers_of(column).tolist()
        return integers
    floats = _floats(column)
    values: list[Any] = floats.tolist()
    for index in np.flatnonzero(~np.isfinite(floats)):
        values[index] = encode_number(values[index])
    for position, value in column.others.items():
        values[position] = value
    return values


def integers_of(column: Column) -> Integers:
    """A column of integers as an array."""
    return np.cumsum(_unshuffle(column.words, np.int64))


def numbers_of(column: Column) -> tuple[npt.NDArray[np.intp], Floats]:
    """Positions and values of everything in the column that is a number; booleans are not."""
    if column.kind == "integers":
        floats = integers_of(column).astype(np.float64)
        return np.arange(len(floats)), floats
    if column.kind in ("values", "json"):
        return numbers_in(unpack(column))
    found = _floats(column)
    if not column.others:
        return np.arange(len(found)), found
    counts = np.ones(len(found), bool)
    counts[list(column.others)] = False
    for position, value in column.others.items():
        if (number := _number(value)) is not None:
            found[position] = number
            counts[position] = True
    return np.flatnonzero(counts), found[counts]


def numbers_in(values: Sequence[Any]) -> tuple[npt.NDArray[np.intp], Floats]:
    """``numbers_of`` for values that are not packed."""
    found = [(position, number) for position, value in enumerate(values) if (number := _number(value)) is not None]
    return np.array([position for position, _ in found], np.intp), np.array([number for _, number in found], np.float64)


def is_number(value: object) -> bool:
    """Whether it counts as a number: also NaN and the infinities, as text."""
    return _number(value) is not None


def _number(value: object) -> float | None:
    if type(value) is float or type(value) is int:
        with contextlib.suppress(OverflowError):  # an integer beyond all floats
            return float(value)
    return NON_FINITE.get(value) if isinstance(value, str) else None


def _floats(column: Column) -> Floats:
    if column.kind == "clock":
        return integers_of(column).view(np.float64)
    return _unshuffle(column.words, np.float64)


def _differences(values: Integers) -> Integers:
    return np.diff(values, prepend=np.int64(0))


def _shuffle(words: npt.NDArray[Any]) -> bytes:
    return words.astype(words.dtype.newbyteorder("<")).view(np.uint8).reshape(-1, 8).T.tobytes()


def _unshuffle(data: bytes, dtype: type[Any]) -> npt.NDArray[Any]:
    words = np.frombuffer(data, np.uint8).reshape(8, -1).T.copy().reshape(-1)
    return words.view(np.dtype(dtype).newbyteorder("<")).astype(dtype)
