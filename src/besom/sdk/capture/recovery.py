"""The last words of a dead program: what it had printed, and its spool does not have."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from besom.protocol import UNREADABLE, OutputRecord
from besom.sdk.capture import printed, tee

_decode = msgspec.json.Decoder(OutputRecord).decode
_encode = msgspec.json.Encoder().encode


def recover(folder: Path, spool: Path) -> None:
    """Brings them into its spool. May be repeated. Of a living program it would cut off what that is writing."""
    records, text = folder / tee.RECORDS_NAME, folder / printed.NAME
    known, ended, whole = 0, False, 0
    with spool.open("r+b") as file:
        if records.exists():
            _wait_for(records)
        for line in file:
            if line.endswith(b"\n"):  # else torn, by a kill or a full disk
                known += line.startswith(b'{"type":"output"')
                ended = line.startswith(b'{"type":"exit"')
                whole += len(line)
        last_words = [*_left(records, known), *_unfinished(text)]
        if last_words and not ended:
            file.truncate(whole)  # a torn line would be glued to the next one
            file.seek(whole)
            file.writelines(_encode(record) + b"\n" for record in last_words)
    for path in (records, text):
        path.unlink(missing_ok=True)


def _left(path: Path, known: int) -> Iterator[OutputRecord]:
    """What ``redirect``'s process has kept, but for the first ``known`` records."""
    with contextlib.suppress(FileNotFoundError):
        whole: list[OutputRecord] = []
        for line in path.read_bytes().split(b"\n")[:-1]:  # what is torn comes last
            with contextlib.suppress(*UNREADABLE):  # of a machine that lost its power
                whole.append(_decode(line))
        yield from whole[known:]


def _unfinished(path: Path) -> Iterator[OutputRecord]:
    """What ``wrap`` has not kept yet."""
    with contextlib.suppress(FileNotFoundError):
        yield from printed.last_lines(path)


def _wait_for(path: Path, seconds: float = 2.0) -> None:
    """Gives the process of a program that just died time for its last words; children may keep it for longer."""
    until = time.monotonic() + seconds
    with path.open("rb") as file:
        while time.monotonic() < until:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:  # a file system without locks
                return
            else:
                return
