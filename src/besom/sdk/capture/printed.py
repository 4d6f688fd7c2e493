"""What was printed and is not in the spool yet, on disk, so that a kill takes nothing of it.

Lines come into the spool about once a second, for then a bar that moves costs one line. Their text waits in a file that
begins with what the screen was like when its last lines had been kept.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from besom.protocol import UNREADABLE, OutputRecord
from besom.sdk.capture.recorder import Recorder, neighbours
from besom.sdk.capture.screen import LONGEST, Screen

NAME = "printed"
"""In the run's folder: a line with the state of the recorder, then text."""


class _State(msgspec.Struct):
    """What a screen and a recorder go on from."""

    first: Annotated[int, msgspec.Meta(ge=0, le=2**52)] = 0
    rows: Annotated[list[str], msgspec.Meta(min_length=1)] = msgspec.field(default_factory=lambda: [""])
    y: Annotated[int, msgspec.Meta(ge=0)] = 0
    x: Annotated[int, msgspec.Meta(ge=0, le=LONGEST)] = 0
    reached: int = -1
    held: str = ""
    tail: list[tuple[int, str]] = []

    def __post_init__(self) -> None:
        if self.y >= len(self.rows):
            raise ValueError("the cursor is nowhere")


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_State).decode


class Printed:
    """Text on its way from who prints to the recorder. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Makes no file before something is printed."""
        self._path = folder / NAME
        self._file = -1
        self._texts: deque[str] = deque()
        # Whoever prints may hold other locks, so nothing is waited for while this one is held. Reentrant: a signal
        # handler may print.
        self._lock = threading.RLock()

    def add(self, text: str) -> None:
        """Keeps it: on disk when it returns."""
        with self._lock:
            self._texts.append(text)
            try:
                if self._file < 0:
                    self._restart(_State())
                else:
                    os.write(self._file, text.encode(errors="replace"))
            except OSError:  # a full disk; log() says so
                pass

    def take(self) -> str:
        """What was added since the last call. It stays on disk until ``restart``. For one thread at a time."""
        texts = [self._texts.popleft() for _ in range(len(self._texts))]
        return "".join(texts).encode(errors="replace").decode()

    def restart(self, recorder: Recorder) -> None:
        """Forgets what was taken: ``recorder`` has it, and its lines are in the spool."""
        state = _State(*recorder.screen.state(), list(recorder.tail))
        with self._lock, contextlib.suppress(OSError):  # a full disk; what is there is longer, and as good
            self._restart(state)

    def close(self) -> None:
        """Forgets all: its lines are in the spool."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
                self._path.unlink(missing_ok=True)

    def _restart(self, state: _State) -> None:
        new = self._path.with_suffix(".new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            data = _encode(state) + b"\n" + "".join(self._texts).encode(errors="replace")
            while data:
                data = data[os.write(file, data) :]
            new.replace(self._path)
        except OSError:
            os.close(file)
            raise
        file, self._file = self._file, file
        if file >= 0:
            os.close(file)


def last_lines(path: Path) -> Iterator[OutputRecord]:
    """The lines that a dead program had printed, from its file; some of them may be in its spool already."""
    begin, _, printed = path.read_bytes().partition(b"\n")
    try:
        state = _decode(begin)
    except UNREADABLE:  # of a machine that lost its power
        return
    screen = Screen(state.first, state.rows, state.y, state.x, state.reached, state.held)
    lines, text = dict(state.tail), printed.decode(errors="replace")
    for start in range(0, len(text), 2**16):
        screen.write(text[start : start + 2**16])
        lines |= {row: screen.text(row) for row in screen.changed}
        screen.changed.clear()
        screen.retire()
    now = round(time.time(), 3)
    for group in neighbours(sorted(lines)):
        yield OutputRecord(line=group[0], lines=[lines[row] for row in group], time=now)
