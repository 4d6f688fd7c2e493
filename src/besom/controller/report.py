"""Prints what a loop does while it does it."""

from __future__ import annotations

from collections.abc import Callable

from besom.controller.loop import Loop
from besom.controller.text import action_lines, debug_lines, status_line


def _print(line: str) -> None:
    print(line, flush=True)


class Report:
    """To be called after each step.

    Args:
        status: Print how many runs there are, whenever that has changed.
        actions: Print what was scheduled and stopped.
        debug: Print why.
        say: What prints a line.
    """

    def __init__(
        self, *, status: bool = True, actions: bool = False, debug: bool = False, say: Callable[[str], None] = _print
    ) -> None:
        self._status, self._actions, self._debug = status, actions, debug
        self._say = say
        self._shown = ""

    def __call__(self, loop: Loop) -> None:
        """Prints what is new."""
        lines = debug_lines(loop.last) if self._debug else []
        lines += action_lines(loop.last) if self._actions else []
        status = status_line(loop.sweep, loop.runs, loop.told_to_stop)
        if self._status and status != self._shown:
            self._shown = status
            lines.append(status)
        for line in lines:
            self._say(line)
