"""Processes that die at a chosen statement."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

from sqlalchemy import Engine, event


def in_a_process(work: Callable[[], object], kill_before: int = 0) -> int:
    """Does ``work`` in a process that is killed before that statement to a database.

    Returns its exit code, or the number of statements if nothing killed it. A fork, for to load everything anew takes
    longer than the rest.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        statements = 0

        @event.listens_for(Engine, "before_cursor_execute")
        def count(*_: object) -> None:
            nonlocal statements
            statements += 1
            if statements == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            work()
            os.write(writing, str(statements).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or int(number)
