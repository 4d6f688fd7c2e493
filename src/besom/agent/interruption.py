"""Ends a Python function from outside, by an exception raised in it."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from types import FrameType, TracebackType

from besom.protocol import StopOrder


class RunStopped(BaseException):
    """Raised inside a function run that is told to end. Not an Exception, so that ``except Exception`` lets it pass."""


class Interruption:
    """Around a call of a function, ``with interruption.of(run_id)``; ``stop`` from another thread ends that call.

    In the main thread a signal carries the exception, so that also a sleep or a wait ends at once. In other threads,
    and where the program has a SIGINT handler of its own, Python raises it when it next executes an instruction.
    """

    def __init__(self, repeat_after: float) -> None:
        """A function that swallows the exception gets another after ``repeat_after`` seconds."""
        self._repeat_after = repeat_after
        self._lock = threading.Lock()
        self._thread = threading.get_ident()
        self._run_id: str | None = None
        self._raised_at: float | None = None
        self._signal_is_ours = False
        self._awaited = False
        """Whether Python was asked to raise in the function's thread."""
        self._before = signal.getsignal(signal.SIGINT)
        self._handles = (
            threading.current_thread() is threading.main_thread() and self._before is signal.default_int_handler
        )
        self.reason: str | None = None
        """Why the function was told to end; None if it was not."""

    def of(self, run_id: str) -> Interruption:
        """Prepares for the call of a run's function."""
        self._run_id, self.reason, self._raised_at = run_id, None, None
        return self

    def __enter__(self) -> Interruption:
        if self._handles:
            signal.signal(signal.SIGINT, self._on_sigint)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """The call is over; takes ``RunStopped`` in."""
        self._run_id = None  # from here on neither way raises
        with self._lock:
            awaited, self._awaited = self._awaited and not isinstance(error, RunStopped), False
        if awaited:
            _take_in()
        if self._handles and signal.getsignal(signal.SIGINT) == self._on_sigint:
            signal.signal(signal.SIGINT, self._before)
        return isinstance(error, RunStopped)

    def stop(self, order: StopOrder) -> None:
        """Raises ``RunStopped`` in the function, if it is the run's that the order names. Orders may repeat."""
        with self._lock:
            now = time.monotonic()
            again = self._raised_at is not None and now - self._raised_at < self._repeat_after
            if order.run_id != self._run_id or again:
                return
            self.reason, self._raised_at = order.reason, now
            if self._handles and signal.getsignal(signal.SIGINT) == self._on_sigint:
                self._signal_is_ours = True
                signal.pthread_kill(self._thread, signal.SIGINT)
            else:
                self._awaited = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(RunStopped))

    def _on_sigint(self, number: int, frame: FrameType | None) -> None:
        if not self._signal_is_ours:
            signal.default_int_handler(number, frame)
        self._signal_is_ours = False
        if self._run_id is not None:
            raise RunStopped


def _take_in() -> None:
    """Takes in an exception that was sent to this thread and has not been raised, if the function did not swallow it.

    To ask Python to forget it would leave CPython 3.11's evaluation loop on its slow path for ever.
    """
    try:
        for _ in range(100):
            pass
    except RunStopped:
        pass
