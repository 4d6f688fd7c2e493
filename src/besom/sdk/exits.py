"""Ends the runs of a process when its program ends: by returning, by ``sys.exit``, by an exception.

A killed process ends without a word; its agent, or the missing heartbeat, tells the server. Signals are left to the
program.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import os
import signal
import sys
import threading
from types import TracebackType
from typing import Any, NoReturn

from besom.sdk import current
from besom.sdk.system_exit import MainFrame

INTERRUPTED = -signal.SIGINT
"""As the operating system says it of a process that Ctrl-C ended."""

_code: int | None = None
"""As far as the hooks saw; None: they saw nothing."""
_by_exit = False
"""Whether ``sys.exit`` told the code."""
_interrupted = False
_installed = False
_main = MainFrame()
_process = 0
_leaving = False


def leaving() -> bool:
    """Whether the program has ended, and only what it left behind, such as a daemon thread, still runs."""
    return _leaving


def install() -> None:
    """Hooks into the end of the process, once."""
    global _installed  # noqa: PLW0603  (once per process, like what it hooks into)
    _main.look()
    _hook_into_worker()
    if _installed:
        return
    _installed = True
    show, leave = sys.excepthook, sys.exit

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        global _code, _by_exit, _interrupted
        _code, _by_exit, _interrupted = code_of(error), False, isinstance(error, KeyboardInterrupt)
        return show(kind, error, trace)

    def exit(status: Any = None, /) -> NoReturn:
        # Python tells nobody else which status a program chose. In other threads it ends only these.
        global _code, _by_exit
        if threading.current_thread() is threading.main_thread():
            _code, _by_exit = code_of(SystemExit(status)), True
        leave(status)

    sys.excepthook = excepthook
    sys.exit = exit
    for name in ("exit", "quit"):
        if type(getattr(builtins, name, None)).__name__ == "Quitter" and not hasattr(sys, "ps1"):
            setattr(builtins, name, exit)
    atexit.register(_finish)
    os.register_at_fork(after_in_child=_forked)


def code_of(error: BaseException | None) -> int:
    """The exit code that a program gets from an exception that nobody catches, negative for a signal; 0 for none."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        # As the operating system sees it: the lowest eight bits.
        return error.code & 0xFF if isinstance(error.code, int) else int(error.code is not None)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def _finish() -> None:
    global _leaving  # noqa: PLW0603
    _leaving = True
    # Where somebody caught what `sys.exit` raised, the program went on, and has come to its last line.
    _finish_runs(_main.exit_code() if _code is None or (_by_exit and _main.returned()) else _code)
    if _interrupted:
        # Python ends as SIGINT would end it if the last text that it ran as code was interrupted, and modules that are
        # imported at the end (data classes are made of such text) make it forget.
        with contextlib.suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102


def _hook_into_worker() -> None:
    """Processes of ``multiprocessing`` end without ``atexit``, and after their exceptions have been printed."""
    global _process  # noqa: PLW0603
    if "multiprocessing.util" not in sys.modules or _process == os.getpid():
        return
    from multiprocessing import parent_process, util

    if parent_process() is not None:
        _process = os.getpid()
        util.Finalize(None, _finish_worker, exitpriority=100)


def _finish_worker() -> None:
    # Called while the exception that ends the process is on its way.
    _finish_runs(code_of(sys.exc_info()[1]))


def _finish_runs(code: int) -> None:
    """Ends all runs. Ctrl-C, or what a handler of the program raises, breaks off the work for one of them only."""
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as ends:
        for run in reversed(current.runs()):  # the stack calls the latest one first
            ends.callback(run.finish, code)


def _forked() -> None:
    for run in current.runs():
        run.detach()
