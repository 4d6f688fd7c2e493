"""Messages of Protocol Buffers by the numbers of their fields, which never change their meaning.

So no version of W&B's package is needed to read what any of them wrote.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Message:
    """A message; a field that is not there has the value that its kind begins with."""

    def __init__(self, data: bytes) -> None:
        """
        Raises:
            ValueError: it is no message.
        """
        self._fields: dict[int, list[bytes | int]] = defaultdict(list)
        for number, value in _fields(data):
            self._fields[number].append(value)

    def __contains__(self, number: int) -> bool:
        return number in self._fields

    def message(self, number: int) -> Message:
        """A message within this one."""
        found = self.messages(number)
        return found[-1] if found else Message(b"")

    def messages(self, number: int) -> list[Message]:
        """All of a repeated field."""
        return [Message(value) for value in self._fields.get(number, ()) if isinstance(value, bytes)]

    def text(self, number: int) -> str:
        """A string."""
        found = self.texts(number)
        return found[-1] if found else ""

    def texts(self, number: int) -> list[str]:
        """All of a repeated field."""
        return [value.decode() for value in self._fields.get(number, ()) if isinstance(value, bytes)]

    def number(self, number: int) -> int:
        """An integer of the plain kinds, or a truth value."""
        found = self._fields.get(number)
        value = found[-1] if found else 0
        return 0 if isinstance(value, bytes) else value - (value >> 63 << 64)

    def zigzag(self, number: int) -> int:
        """An integer of the kinds ``sint32`` and ``sint64``."""
        value = self.number(number) & (2**64 - 1)
        return (value >> 1) ^ -(value & 1)

    def double(self, number: int) -> float:
        """A floating-point number of 64 bits."""
        value: float = struct.unpack("<d", struct.pack("<q", self.number(number)))[0]
        return value


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field of the unknown kind {kind}")
        piece = data[at : at + length]
        if len(piece) < length:
            raise ValueError("a field is cut off")
        yield number, piece if kind == _BYTES else int.from_bytes(piece, "little")
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("a number is cut off")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value & (2**64 - 1), at
