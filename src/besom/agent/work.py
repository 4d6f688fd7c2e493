"""One run in a slot of the program agent, from its hand-out to the report of its end."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from besom.agent.child import Child
from besom.agent.slots import Slot
from besom.protocol import NextRun, RunExit, StopOrder, Sweep


@dataclass(eq=False, slots=True)
class Work:
    """A run that the agent has."""

    run: NextRun
    slot: Slot
    sweep: Sweep
    child: Child | None = None
    """None before its program runs, and after."""
    message_file: Path | None = None
    """Where its program leaves a word about its end, if it does."""
    stopped: str | None = None
    """Why it was told to end; None if it was not."""
    kill_at: float | None = None
    """When patience with it ends, by the monotonic clock."""

    def send(self, number: signal.Signals) -> None:
        """Signals its program, if that runs."""
        if self.child is not None:
            self.child.send(number)

    def stop(self, order: StopOrder, patience: float, gently: signal.Signals = signal.SIGTERM) -> bool:
        """Obeys an order of the server, which may come several times; returns whether this is the first.

        Args:
            order: to end, or to be killed.
            patience: seconds until a program that was told to end is killed.
            gently: the signal that tells it to end.
        """
        first = self.stopped is None
        if order.kill:
            self.send(signal.SIGKILL)
        elif first:
            self.send(gently)
            self.kill_at = time.monotonic() + patience
        self.stopped = self.stopped or order.reason
        return first

    def interrupt(self, number: signal.Signals, why: str, patience: float | None) -> None:
        """Passes on what ends the agent; kills after ``patience`` seconds, if that is not None."""
        self.send(number)
        self.stopped = self.stopped or why
        if patience is not None and self.kill_at is None:
            self.kill_at = time.monotonic() + patience

    def ending(self, code: int, message: str | None) -> RunExit:
        """Its program is over: what the server hears of it."""
        self.child = self.kill_at = None
        if message is None and self.message_file is not None:
            # Most say nothing, and one that was killed may have said half of it.
            with contextlib.suppress(OSError):
                message = self.message_file.read_text(encoding="utf-8", errors="replace")
        return RunExit(exit_code=code, message=message, stopped=self.stopped, hand_out=self.run.hand_out)
