"""From what a program prints to the lines that its run keeps: about once a second, and never without bound.

Also a part of the small program in ``tee``, so it imports next to nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

from besom.sdk.capture.screen import Screen

LOG_NAME = "output.log"
PAUSE = 1.0
"""Seconds from a change to its being kept: a bar that moves ten times a second costs one line."""
SLOWDOWN = 2**20
"""Characters after which the pause has doubled, and so on: a bar that moves for weeks takes a few megabytes."""
LIMIT = 2**26
"""Characters kept of a run; beyond them only the last lines."""
TAIL = 1000
"""Lines kept from the end of a longer output."""
MOST_LINES = 250
"""Lines of one record: with four bytes for each character, the longest ones stay below ``spool.LONGEST_LINE``."""


Lines = tuple[int, list[str]]
"""Number of the first, and lines that follow each other."""


class Recorder:
    """Takes text, gives lines, and keeps ``output.log`` up to date. For one thread at a time."""

    def __init__(self, folder: str, limit: int = LIMIT) -> None:
        """Begins ``output.log`` in ``folder``."""
        self.screen = Screen()
        self._log = open(f"{folder}/{LOG_NAME}", "wb")  # noqa: PTH123, SIM115
        self._offsets = {0: 0}
        """Where rows that may still change begin in the log."""
        self._limit = limit
        self._kept = 0
        self.tail: deque[tuple[int, str]] = deque(maxlen=TAIL)
        """Lines beyond the limit, with their numbers, that ``close`` gives."""
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """When to call ``take``, as ``time.monotonic`` tells it; None while there is nothing to take."""
        return self._due

    def feed(self, text: str) -> list[Lines]:
        """Takes what the program printed; returns lines only if it is so much that they must be kept now."""
        kept: list[Lines] = []
        for start in range(0, len(text), 2**16):  # a flood of lines must not lie in memory twice
            self.screen.write(text[start : start + 2**16])
            if len(self.screen.rows) > 5000:
                kept += self.take()
        if self.screen.changed and self._due is None:
            self._due = time.monotonic() + PAUSE * max(1.0, self._kept / SLOWDOWN)
        return kept

    def take(self) -> list[Lines]:
        """The lines that are new or changed since the last call."""
        kept: list[Lines] = []
        screen, self._due = self.screen, None
        rows = sorted(screen.changed)
        screen.changed.clear()
        if rows:
            self._write_log(rows)
        for group in neighbours(rows):
            texts = [screen.text(row) for row in group]
            if self._kept < self._limit:
                self._kept += sum(map(len, texts)) + len(texts)
                kept.append((group[0], texts))
            else:
                self.tail.extend(zip(group, texts, strict=True))
        screen.retire()
        for row in [row for row in self._offsets if row < screen.first]:
            del self._offsets[row]
        return kept

    def close(self) -> list[Lines]:
        """The last lines; nothing may follow."""
        kept, latest = self.take(), dict(self.tail)
        kept += [(group[0], [latest[row] for row in group]) for group in neighbours(sorted(latest))]
        self._log.close()
        return kept

    def _write_log(self, rows: list[int]) -> None:
        """Writes the log anew from the first changed row on; mostly that is its end."""
        first = rows[0]
        while first not in self._offsets:  # the cursor jumped over rows that were never written
            first -= 1
        try:
            self._log.seek(self._offsets[first])
            for row in range(first, self.screen.first + len(self.screen.rows)):
                self._offsets[row] = self._log.tell()
                if row <= rows[-1] or self.screen.text(row):
                    self._log.write(self.screen.text(row).encode(errors="replace") + b"\n")
            self._log.truncate()
            self._log.flush()
        except OSError:  # a full disk is no reason to disturb the program
            pass


def neighbours(rows: list[int]) -> Iterator[list[int]]:
    """Splits sorted numbers into unbroken sequences."""
    group: list[int] = []
    for row in rows:
        if group and (row != group[-1] + 1 or len(group) >= MOST_LINES):
            yield group
            group = []
        group.append(row)
    if group:
        yield group
