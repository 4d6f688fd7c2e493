"""Ends every process of a run: its group, and whatever left the group but still carries the run's mark.

Also a small program of its own, ``python guard.py SECONDS``. An agent starts one and tells it through a pipe which runs
it has (``+GROUP MARK``, with 0 while the program is about to start; ``-MARK``). The pipe closes when the agent dies,
however it dies; then the guard ends what is left: SIGTERM, and SIGKILL after SECONDS. Only the standard library, so
that it starts in milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import IO

STEP_SECONDS = 0.01
NO_GROUP = 0
"""Of a run whose program is about to start."""
START_SECONDS = 0.2
"""What was just forked has the run's environment by then."""


def marked(mark: str) -> list[int]:
    """Processes whose environment holds ``mark`` (``NAME=value``), this one excepted. Where there is no /proc: none.

    Launchers such as torchrun start workers in sessions of their own; a signal to the group does not reach those.
    """
    wanted = mark.encode() + b"\0"
    found = []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):  # noqa: PTH208  # a Path for every process costs more than the rest
            if name.isdigit() and int(name) != os.getpid():
                with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123
                    if wanted in file.read():
                        found.append(int(name))
    return found


def send(group: int, number: int) -> bool:
    """Signals a process group; False when nobody is in it."""
    if group == NO_GROUP:
        return False
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so when only zombies are left
        return False
    return True


def send_all(group: int, mark: str, number: int) -> bool:
    """Signals everything of a run; False when nothing is left."""
    reached = send(group, number)
    for process in marked(mark):
        with contextlib.suppress(OSError):
            os.kill(process, number)
            reached = True
    return reached


def end(group: int, mark: str, patience: float) -> None:
    """Ends everything of a run: SIGTERM, and after ``patience`` seconds SIGKILL."""
    if not send_all(group, mark, signal.SIGTERM):
        return
    deadline = time.monotonic() + patience
    while send_all(group, mark, 0):
        if time.monotonic() > deadline:
            send_all(group, mark, signal.SIGKILL)
            return
        time.sleep(STEP_SECONDS)


def main(patience: float, orders: IO[str]) -> None:
    """Follows the agent's orders until the agent is gone."""
    for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(interrupt, signal.SIG_IGN)  # it ends when its agent does, not before
    held: dict[str, int] = {}
    for line in orders:
        order, said = line[0], line[1:].rstrip("\n")
        if order == "+":
            group, _, mark = said.partition(" ")
            held[mark] = int(group)
        else:
            held.pop(said, None)
    if NO_GROUP in held.values():
        time.sleep(START_SECONDS)
    for mark, left in held.items():
        end(left, mark, patience)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.stdin)
