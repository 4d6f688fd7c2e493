"""What the user of an agent reads: lines on standard error, apart from what the programs themselves print."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

RED, GREEN, YELLOW, BOLD, DIM = 31, 32, 33, 1, 2


class Output:
    """Prints one line for each thing worth knowing. Safe to use from several threads."""

    def __init__(self, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        source = os.environ if environ is None else environ
        self._colours = self._stream.isatty() and "NO_COLOR" not in source
        self._lock = threading.Lock()
        self._away = False
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

    def run_starts(self, name: str, run_id: str, params: Mapping[str, Any], command: Sequence[str] | None) -> None:
        """A run begins: its name, its parameters one per line, and the command line."""
        with self._lock:
            self._waiting = None
            self._print(f"Run {name} ({run_id}) starts with", (BOLD,))
            for key, value in sorted(params.items()):
                self._print(f"  {key}: {compact(value)}", ())
            if command:
                self._print(f"  $ {shlex.join(command)}", (DIM,))

    def run_ended(self, name: str, how: str, seconds: float, *, good: bool) -> None:
        """A run is over."""
        self.line(f"Run {name} {how} after {duration(seconds)}", GREEN if good else RED)

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
                self._print(f"{why} Trying again until it does; the run goes on.", (YELLOW,))

    def server_back(self) -> None:
        """The server answers."""
        with self._lock:
            if self._away:
                self._away = False
                self._print("The server answers again.", (GREEN,))

    def _print(self, text: str, styles: Sequence[int]) -> None:
        if self._colours and styles:
            text = f"\033[{';'.join(map(str, styles))}m{text}\033[0m"
        print(f"besom: {text}", file=self._stream, flush=True)


def compact(value: Any) -> str:
    """A parameter's value in one line."""
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def duration(seconds: float) -> str:
    """Seconds as people say them: 0.42 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
