"""Ends the active run when its program ends: by returning, by ``sys.exit``, by an exception.

A killed process ends without a word; its agent, or the missing heartbeat, tells the server. Signals are left to the
program.
"""

from __future__ import annotations

import atexit
import os
import sys
from types import TracebackType
from typing import Any, NoReturn

from besom.sdk import current

INTERRUPTED = 255

_code = 0
_installed = False


def install() -> None:
    """Hooks into the end of the process, once."""
    global _installed  # noqa: PLW0603  (once per process, like what it hooks into)
    if _installed:
        return
    _installed = True
    show, leave = sys.excepthook, sys.exit

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        global _code  # noqa: PLW0603
        _code = code_of(error)
        return show(kind, error, trace)

    def exit(status: Any = None, /) -> NoReturn:
        # Python tells nobody else which status a program chose.
        global _code  # noqa: PLW0603
        _code = code_of(SystemExit(status))
        leave(status)

    sys.excepthook = excepthook
    sys.exit = exit
    atexit.register(_finish)
    os.register_at_fork(after_in_child=_forked)


def code_of(error: BaseException | None) -> int:
    """The exit code that a program gets from an exception that nobody catches; 0 for none."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        # As the operating system sees it: the lowest eight bits.
        return error.code & 0xFF if isinstance(error.code, int) else int(error.code is not None)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def _finish() -> None:
    for run in current.runs():
        run.finish(_code)


def _forked() -> None:
    for run in current.runs():
        run.detach()
