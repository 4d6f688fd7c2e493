"""What the user of an agent reads: lines on standard error, apart from what the programs themselves print."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from besom.client.run_states import state_color, state_word
from besom.client.times import duration
from besom.protocol import MetricGoal, Run
from besom.sdk import notebook
from besom.sdk.messages import numbers

PREFIX, INDENT = "besom: ", "  "
UNLIMITED = 10_000
"""Columns of a file."""
LONGEST_VALUE = 200
LONGEST_COMMAND = 4000
RED, GREEN, YELLOW, BOLD, DIM = 31, 32, 33, 1, 2
_STYLES: dict[str | None, tuple[int, ...]] = {"green": (GREEN,), "red": (RED,), None: ()}


class Output:
    """Prints one line for each thing worth knowing. Safe to use from several threads."""

    def __init__(self, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._stream: TextIO | None = notebook.messages_to() if stream is None else stream
        """None where the process was started without standard error."""
        # As it is now: a run that listens in this process to what others write is not to have these lines.
        self._write = None if self._stream is None else self._stream.write
        source = os.environ if environ is None else environ
        self._terminal = self._stream is not None and self._stream.isatty()
        self._colours = self._terminal and not source.get("NO_COLOR") and source.get("TERM") != "dumb"
        self._lock = threading.Lock()
        self._away = self._full = False
        self._metric_missed = False
        self._waiting: str | None = None

    def line(self, text: str, *styles: int) -> None:
        """A line of news."""
        with self._lock:
            self._print(text, styles)

    def detail(self, text: str) -> None:
        """A line for who wants to know more."""
        self.line(text, DIM)

    def problem(self, text: str) -> None:
        """Something went wrong."""
        self.line(text, RED)

    def run_starts(
        self, name: str, url: str, params: Mapping[str, Any], command: Sequence[str] | None, *, resumed: bool = False
    ) -> None:
        """A run begins: its name and page, its parameters, and the command line, ready to be copied."""
        values = [f"{key}={compact(value)}" for key, value in sorted(params.items())]
        with self._lock:
            self._waiting = None
            self._print(f"Run {name}  {url}{'  goes on: it was preempted' if resumed else ''}", (BOLD,))
            for line in wrapped(values, self._columns() - len(PREFIX) - len(INDENT)):
                self._print(INDENT + line, ())
            if command:
                self._print(f"{INDENT}$ {shortened(shlex.join(command), LONGEST_COMMAND)}", (DIM,))

    def run_ended(self, name: str, run: Run | None, seconds: float, metric: MetricGoal | None = None) -> None:
        """A run is over: how the server sees it, or None if it was deleted, with the last of its numbers.

        One that finished without a value of the sweep's metric is worth a word, once: nothing can be learnt from it.
        """
        if run is None:
            self.line(f"Run {name} was deleted after {duration(seconds)}", RED)
            return
        more = run.reason or ", ".join(numbers(run.summary))
        styles = _STYLES[state_color(run)]
        self.line(f"Run {name} {state_word(run)} after {duration(seconds)}{f': {more}' if more else ''}", *styles)
        if run.state == "finished" and metric is not None and run.best is None and not self._metric_missed:
            self._metric_missed = True
            self.line(
                f"It never logged {metric.name}, the sweep's metric, as a number: the search learns nothing from it. "
                "Log it under exactly this name, at the top level of log().",
                YELLOW,
            )

    def changed(self, files: Sequence[str]) -> None:
        """The code is not what the sweep was created with."""
        names = shortened(", ".join(files), LONGEST_VALUE)
        self.line(
            f"Changed since the sweep was created: {names}. The runs from now on use what is here; "
            "to keep the code of a sweep as it is: besom sweep --freeze-code",
            YELLOW,
        )

    def waiting(self, reason: str) -> None:
        """There is nothing to do; said once for each reason."""
        with self._lock:
            if reason != self._waiting:
                self._waiting = reason
                self._print(f"Waiting: {reason}", (YELLOW,))

    def server_away(self, why: str) -> None:
        """The server does not answer; said once until it does again."""
        with self._lock:
            if not self._away:
                self._away = True
                self._print(f"{why} Trying again until it does; no run ends because of it.", (YELLOW,))

    def server_back(self) -> None:
        """The server answers."""
        with self._lock:
            if self._away:
                self._away = False
                self._print("The server answers again.", (GREEN,))

    def disk_full(self, why: str) -> None:
        """A run cannot begin for want of room; said once until one can."""
        with self._lock:
            if not self._full:
                self._full = True
                self._print(f"{why} The next run begins when there is room.", (YELLOW,))

    def disk_has_room(self) -> None:
        """A run can begin."""
        with self._lock:
            if self._full:
                self._full = False
                self._print("There is room again.", (GREEN,))

    def _print(self, text: str, styles: Sequence[int]) -> None:
        if self._colours and styles:
            text = f"\033[{';'.join(map(str, styles))}m{text}\033[0m"
        if self._stream is None or self._write is None:
            return
        try:
            self._write(f"{PREFIX}{text}\n")
            self._stream.flush()
        except BrokenPipeError:  # nobody reads any more; agent and runs go on in silence
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, self._stream.fileno())
            os.close(silence)
        except (OSError, ValueError):  # it goes to a file on a full disk, or is closed: no reason to end what runs
            pass

    def _columns(self) -> int:
        return shutil.get_terminal_size().columns if self._terminal else UNLIMITED


def compact(value: Any) -> str:
    """A parameter's value in one line, bare where it is a plain word."""
    plain = isinstance(value, str) and value.isprintable()
    return shortened(value if plain else json.dumps(value, ensure_ascii=False), LONGEST_VALUE)


def wrapped(pieces: Sequence[str], width: int) -> list[str]:
    """Pieces side by side, in lines of at most ``width`` columns where they fit."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + 2 + len(piece) <= width:
            lines[-1] += f"  {piece}"
        else:
            lines.append(piece)
    return lines


def shortened(text: str, longest: int) -> str:
    """Text with its end cut off where it is too long to be read."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
