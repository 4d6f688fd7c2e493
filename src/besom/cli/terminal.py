"""How the commands print: results to standard output, remarks to standard error, colour on terminals only."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from typing import IO, Any

import click

UNLIMITED = 10_000
LINK: dict[str, Any] = {"fg": "cyan", "underline": True}
NEXT_STEP: dict[str, Any] = {"fg": "green", "bold": True}


def colored(stream: IO[str]) -> bool:
    """Whether colours may be used there: a terminal that can, and a user who did not say no (NO_COLOR)."""
    return is_live(stream) and not os.environ.get("NO_COLOR")


def is_live(stream: IO[str]) -> bool:
    """Whether it is a terminal on which a line can be written anew."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, stream: IO[str] | None = None, **style: Any) -> str:
    """``text`` with ``click.style`` applied where colours may be used."""
    return click.style(text, **style) if colored(stream or sys.stdout) else text


def say(line: str = "") -> None:
    """Prints a line of the result, at once also into a pipe."""
    print(line, flush=True)


def say_json(value: Any) -> None:
    """Prints a result for scripts: one JSON document."""
    import msgspec  # slow to load

    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def note(line: str) -> None:
    """Prints a remark that is not part of the result."""
    print(line, file=sys.stderr, flush=True)


def progress(text: str) -> None:
    """Shows how far a long work is, on one line of a terminal; an empty text clears it. Silent elsewhere."""
    if is_live(sys.stderr):
        sys.stderr.write("\r\x1b[K" + text[: width(sys.stderr) - 1])
        sys.stderr.flush()


def width(stream: IO[str] | None = None) -> int:
    """Columns to fill; into a pipe there is no limit."""
    return shutil.get_terminal_size().columns if (stream or sys.stdout).isatty() else UNLIMITED


def columns(rows: Sequence[Sequence[str]], head: Sequence[str] | None = None) -> list[str]:
    """Rows as aligned lines; cut at the terminal's edge, with an ellipsis."""
    everything = [*([head] if head else []), *rows]
    sizes = [max(len(row[i]) for row in everything) for i in range(len(everything[0]))]
    lines = [cut("  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True))) for row in everything]
    if head:
        lines[0] = paint(lines[0], dim=True)
    return lines


def cut(line: str) -> str:
    """The line without spaces at its end, shortened to fit the terminal."""
    line = line.rstrip()
    return line if len(line) <= width() else line[: width() - 1] + "…"


def wrap(text: str, indent: str, stream: IO[str]) -> str:
    """Lines of prose with ``indent``, broken between words where they do not fit the terminal."""
    import textwrap  # slow to load

    return "\n".join(
        textwrap.fill(
            line,
            width(stream),
            initial_indent=indent,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


def quote(word: str) -> str:
    """A word as a shell would accept it; in double quotes where that reads better."""
    if "'" in word and not set(word) & set('"$`\\!'):
        return f'"{word}"'
    return shlex.quote(word)


def paint_problems(text: str, stream: IO[str]) -> str:
    """Colours what ``besom.config`` says of problems: the place, the rule, the fix."""
    if not colored(stream):
        return text
    return "\n".join(_paint_line(line) for line in text.split("\n"))


def _paint_line(line: str) -> str:
    if line.startswith("  Fix:"):
        return click.style(line, fg="green")
    if line.startswith("  warning:"):
        return click.style(line, fg="yellow")
    return line if not line or line.startswith(" ") else click.style(line, bold=True)
