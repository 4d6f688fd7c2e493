"""Records of a ``.wandb`` file: the log format of LevelDB, behind a header of W&B's own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from besom.errors import UsageError

_HEADER = b":W&B\xe1\xbe\x00"
_BLOCK = 32 * 1024
"""Pieces of records do not cross the borders of blocks."""
_PIECE = struct.Struct("<IHB")
"""Check sum, length, kind."""
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def read_records(path: Path) -> Iterator[bytes]:
    """The records of a file, in order. Ends before one that is torn or damaged: a killed program leaves that.

    Raises:
        UsageError: it is no such file.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        block = file.read(_BLOCK)
        if not block.startswith(_HEADER):
            raise UsageError(f"{path} is not the file of a W&B run.", "Its name ends in .wandb, in a run's folder.")
        yield from _joined(_pieces(block, len(_HEADER), file.read))


def _pieces(block: bytes, at: int, read: Callable[[int], bytes]) -> Iterator[tuple[int, bytes]]:
    while block:
        while at + _PIECE.size <= len(block):
            checksum, length, kind = _PIECE.unpack_from(block, at)
            at += _PIECE.size
            data = block[at : at + length]
            if kind == 0 or len(data) < length or zlib.crc32(data, zlib.crc32(bytes([kind]))) != checksum:
                return
            yield kind, data
            at += length
        block, at = read(_BLOCK), 0


def _joined(pieces: Iterator[tuple[int, bytes]]) -> Iterator[bytes]:
    record = b""
    for kind, data in pieces:
        record = data if kind in (_WHOLE, _FIRST) else record + data
        if kind in (_WHOLE, _LAST):
            yield record
