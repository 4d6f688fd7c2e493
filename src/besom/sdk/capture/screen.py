"""What a program's output looks like on a terminal: carriage returns, erased lines and cursor moves carried out.

As much of a terminal as progress bars need (ECMA-48). Colours are dropped, long lines do not wrap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HEIGHT = 200
"""Rows that the cursor can go back up to; those above are final."""
LONGEST = 16_384
"""Characters kept of one line."""

_ESCAPE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\|(?=\x1b))|[ -/]+[0-~]|[0-Z\\^-~])"
_PIECES = re.compile(rf"[^\x00-\x1f\x7f]+|{_ESCAPE}|[\x00-\x1f\x7f]")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
_LONGEST_ESCAPE = 4096


class Screen:
    """Rows of text and a cursor. Rows count from 0, from the first that was ever printed."""

    def __init__(
        self, first: int = 0, rows: Iterable[str] = ("",), y: int = 0, x: int = 0, reached: int = -1, held: str = ""
    ) -> None:
        """Blank, or as another one is that has this ``state``."""
        self.first = first
        """The uppermost row that may still change."""
        self.rows = list(rows)
        """Text of the rows from ``first`` on."""
        self.changed: set[int] = set()
        """Rows that changed since the reader last emptied this."""
        self._y = y
        self._x = x
        self._reached = reached
        self._held = held

    def state(self) -> tuple[int, list[str], int, int, int, str]:
        """What another screen goes on from. Changes must have been read."""
        return self.first, self.rows, self._y, self._x, self._reached, self._held

    def write(self, text: str) -> None:
        """Prints text. A sequence cut in two by the caller is put together again."""
        if self._held:
            text, self._held = self._held + text, ""
        if "\x1b" in text[-_LONGEST_ESCAPE:] and (cut := _UNFINISHED.search(text)):
            text, self._held = text[: cut.start()], text[cut.start() :]
            if len(self._held) > _LONGEST_ESCAPE:  # not a sequence after all
                self._held = ""
        for match in _PIECES.finditer(text):
            piece = match[0]
            if piece == "\n":
                self._end_line()
            elif piece == "\r":
                self._x = 0
            elif piece >= " " and piece[0] != "\x7f":
                self._put(piece)
            elif piece[0] == "\x1b":
                self._obey(piece)
            elif piece == "\b":
                self._x = max(0, self._x - 1)
            elif piece == "\t":
                self._put(" " * (8 - self._x % 8))

    def text(self, row: int) -> str:
        """Text of a row from ``first`` on, without the blanks at its end."""
        return self.rows[row - self.first].rstrip()

    def retire(self) -> None:
        """Makes the rows that the cursor can no longer reach final. Their changes must have been read."""
        spare = len(self.rows) - HEIGHT
        if spare > 0:
            del self.rows[:spare]
            self.first += spare
            self._y -= spare

    def _put(self, piece: str) -> None:
        row, x = self.rows[self._y], self._x
        if x == len(row):
            row += piece
        else:
            row = row[:x].ljust(x) + piece + row[x + len(piece) :]
        self.rows[self._y] = row[:LONGEST]
        self._x = min(x + len(piece), LONGEST)
        self._mark(self._y)

    def _end_line(self) -> None:
        if self.first + self._y > self._reached:  # an empty line is a line
            self._mark(self._y)
        self._down(1)
        self._x = 0

    def _down(self, count: int) -> None:
        self._y += count
        self.rows.extend([""] * (self._y + 1 - len(self.rows)))

    def _mark(self, y: int) -> None:
        row = self.first + y
        self.changed.add(row)
        self._reached = max(self._reached, row)

    def _set(self, y: int, text: str) -> None:
        if self.rows[y] != text:
            self.rows[y] = text
            self._mark(y)

    def _obey(self, sequence: str) -> None:
        if not sequence.startswith("\x1b[") or sequence[2:-1].strip("0123456789;"):
            return
        order, given = sequence[-1], sequence[2:-1].split(";", maxsplit=1)[0][:6]
        number = int(given or 0)
        count = min(number or 1, LONGEST)
        row = self.rows[self._y]
        match order:
            case "A" | "F":
                # Rows further up than a terminal is high are out of reach there too.
                self._y = max(0, len(self.rows) - HEIGHT, self._y - count)
            case "B" | "E":
                self._down(min(count, HEIGHT))
            case "C":
                self._x = min(self._x + count, LONGEST)
            case "D":
                self._x = max(0, self._x - count)
            case "G":
                self._x = count - 1
            case "K":
                kept = {0: row[: self._x], 1: " " * self._x + row[self._x :], 2: ""}
                self._set(self._y, kept.get(number, row))
            case "J" if number == 0:
                self._set(self._y, row[: self._x])
                for y in range(self._y + 1, len(self.rows)):
                    self._set(y, "")
            case "P":
                self._set(self._y, row[: self._x] + row[self._x + count :])
        if order in "EF":
            self._x = 0
