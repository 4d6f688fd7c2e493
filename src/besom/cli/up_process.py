"""The processes that ``besom up`` starts: an agent, and what chooses the runs where the server does not."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from besom.agent.child import Guard

MARK = "BESOM_UP"
END_SECONDS = 30
LAST_LINES = 12
LOOK_SECONDS = 0.05


class UpProcess:
    """A running ``besom agent`` or ``besom controller``. Ctrl-C does not reach it by itself, only through ``send``."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path | None) -> None:
        self._process = process
        self._log = log
        # In the main thread a Ctrl-C can leave a lock of `subprocess` taken, and the end is never heard of. No signal
        # interrupts other threads.
        threading.Thread(target=process.wait, daemon=True).start()

    @property
    def exit_code(self) -> int | None:
        """None while it is at work."""
        return self._process.returncode

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, at the latest after ``seconds``."""
        until = time.monotonic() + seconds
        while self.exit_code is None and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
        return self.exit_code is not None

    def send(self, number: signal.Signals) -> None:
        """Signals it, where it is still there."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def last_lines(self) -> list[str]:
        """The end of what it printed."""
        if self._log is None:
            return []
        with self._log.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip() for line in deque(file, LAST_LINES)]


@contextlib.contextmanager
def started(words: Sequence[str], log: Path | None) -> Iterator[UpProcess]:
    """A command of besom at work; ended when the block is left, or when this process dies.

    Args:
        words: what would be typed after ``besom``.
        log: file for what it prints; None: standard error.
    """
    mark = f"{os.getpid()}-{os.urandom(4).hex()}"
    with contextlib.ExitStack() as stack:
        output = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = stack.enter_context(log.open("ab"))
        guard, shown = stack.enter_context(Guard(END_SECONDS)), f"{MARK}={mark}"
        guard.hold(shown)
        process = subprocess.Popen(
            [sys.executable, "-m", "besom.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else sys.stderr,
            stderr=output,
            env={**os.environ, MARK: mark},
            start_new_session=True,  # the terminal's Ctrl-C is for `besom up`, which asks what it shall mean
        )
        guard.hold(shown, process.pid)
        started = UpProcess(process, log)
        try:
            yield started
        finally:
            started.send(signal.SIGTERM)
            started.wait(END_SECONDS)
            guard.release(shown)
