"""A ``threading.Event`` for one thread that waits, which a signal handler may set, too.

An ``Event`` holds a lock while it is set. A handler that breaks in there, and sets it as well, would wait for that lock
for ever: it is held by the very code that waits for the handler's end.
"""

from __future__ import annotations

import contextlib
import queue


class Wakeup:
    """Not set at first."""

    def __init__(self) -> None:
        self._set = False
        self._tokens: queue.SimpleQueue[None] = queue.SimpleQueue()  # its ``put`` may break into another ``put``
        """What the waiting thread waits for; at most as many as there are threads that set it."""

    def is_set(self) -> bool:
        """Whether it was set, and not cleared since."""
        return self._set

    def set(self) -> None:
        """Wakes the thread that waits, or lets it not wait."""
        if not self._set:
            self._set = True
            self._tokens.put(None)

    def clear(self) -> None:
        """Only by the thread that waits."""
        self._set = False
        with contextlib.suppress(queue.Empty):
            while True:
                self._tokens.get_nowait()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set, at most ``timeout`` seconds if that is given; returns whether it is.

        Rarely it is woken for nothing.
        """
        if not self._set:
            with contextlib.suppress(queue.Empty):
                self._tokens.get(timeout=timeout)
        return self._set
