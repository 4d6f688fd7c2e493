"""A run's program: a process group of its own, waited for without polling, ended with all that it started."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from besom.agent import guard
from besom.agent.pipes import Pipes

LEFTOVER_SECONDS = 5.0
"""How long processes that outlive their run's program may take to obey SIGTERM."""
NOT_FOUND = 127
NOT_EXECUTABLE = 126


class Guard:
    """The process that ends this agent's runs if the agent dies without doing so (see ``besom.agent.guard``)."""

    def __init__(self, kill_delay: float) -> None:
        self._kill_delay = kill_delay
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Guard:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(self._kill_delay)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,  # an order is one write, so that those of several threads do not mix
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Dismisses the guard; it ends what it still holds."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()

    def hold(self, mark: str, group: int = guard.NO_GROUP) -> None:
        """Puts a run under guard: before its program starts, lest the agent dies in between, and with its group."""
        self._tell(f"+{group} {mark}")

    def release(self, mark: str) -> None:
        """Nothing of that run is left."""
        self._tell(f"-{mark}")

    def _tell(self, order: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            # Somebody killed the guard, and runs go on without one; or it was dismissed, and has ended them.
            with contextlib.suppress(BrokenPipeError, ValueError):
                self._process.stdin.write(f"{order}\n".encode())


class CannotStart(Exception):
    """The program could not be started; ``code`` is what a shell would have said."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ended:
    """A run's program has ended and nothing of it is left. ``code`` is negative for a signal."""

    run_id: str
    code: int
    seconds: float


class Child:
    """A running program."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        run_id: str,
        guarded_by: Guard,
        on_end: Callable[[Ended], None],
        pipes: Pipes | None = None,
    ) -> None:
        """Starts it. ``on_end`` is called from another thread. With ``pipes``, what it prints goes through these.

        Raises:
            CannotStart: no such program, or it cannot be executed.
        """
        self.run_id = run_id
        self._mark = f"BESOM_RUN_ID={environment['BESOM_RUN_ID']}"
        self._guard = guarded_by
        self._on_end = on_end
        self._pipes = pipes
        self.started = time.monotonic()
        opened: AbstractContextManager[dict[str, Any]] = pipes.opened() if pipes else contextlib.nullcontext({})
        self._guard.hold(self._mark)
        try:
            with opened as ends:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    env=dict(environment),
                    start_new_session=True,
                    **ends,
                )
                self._guard.hold(self._mark, self._process.pid)
        except (OSError, ValueError) as error:
            self._guard.release(self._mark)
            raise _cannot_start(command, error) from None
        threading.Thread(target=self._wait, name=f"wait-{run_id}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The program's process id, also that of its group."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Signals the whole group; SIGKILL also reaches processes that left the group."""
        if number is signal.SIGKILL:
            guard.send_all(self.pid, self._mark, number)
        else:
            guard.send(self.pid, number)

    def _wait(self) -> None:
        code = self._process.wait()
        seconds = time.monotonic() - self.started
        guard.end(self.pid, self._mark, LEFTOVER_SECONDS)
        self._guard.release(self._mark)
        if self._pipes:
            self._pipes.close()
        self._on_end(Ended(self.run_id, code, seconds))


def _cannot_start(command: Sequence[str], error: OSError | ValueError) -> CannotStart:
    program = command[0] if command else ""
    if isinstance(error, ValueError):
        return CannotStart(f"The command cannot be started: {error}.", NOT_EXECUTABLE)
    if error.errno == errno.ENOENT:
        where = "in the current folder" if os.sep in program else "on the PATH"
        return CannotStart(f"There is no program {program!r} {where}.", NOT_FOUND)
    if error.errno in (errno.EACCES, errno.ENOEXEC):
        return CannotStart(
            f"{program!r} cannot be executed: {error.strerror}. "
            "Make it executable, or begin the command with its interpreter.",
            NOT_EXECUTABLE,
        )
    hint = " Use ${args_json_file} instead of ${args}." if error.errno == errno.E2BIG else ""
    return CannotStart(f"{program!r} cannot be started: {error.strerror}.{hint}", NOT_EXECUTABLE)
