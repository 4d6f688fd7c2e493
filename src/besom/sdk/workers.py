"""Threads that serve one run after the other: starting one takes longer than all the rest of a short run."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable

LINGER_SECONDS = 5.0
"""How long a thread waits for something to do."""

_idle: list[_Worker] = []
_lock = threading.Lock()


class Work:
    """What a thread does; to be waited for as for a thread."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Has it done at once, in a thread that is idle or a new one. ``work`` raises nothing."""
        self._work = work
        self._over = threading.Event()
        with _lock:
            worker = _idle.pop() if _idle else None
        if worker is None:
            worker = _Worker()
            worker.start()
        worker.tasks.put(self)

    def do(self) -> None:
        """Called by the thread."""
        try:
            self._work()
        finally:
            self._over.set()

    def is_over(self) -> bool:
        """Whether it is done."""
        return self._over.is_set()

    def join(self, timeout: float | None = None) -> None:
        """Waits for its end, at most ``timeout`` seconds if that is given."""
        self._over.wait(timeout)


class _Worker(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="besom-worker", daemon=True)
        self.tasks: queue.SimpleQueue[Work] = queue.SimpleQueue()

    def run(self) -> None:
        while True:
            try:
                work = self.tasks.get(timeout=LINGER_SECONDS)
            except queue.Empty:
                with _lock:
                    if self in _idle:
                        _idle.remove(self)
                        return
                continue  # it has been chosen this moment
            work.do()
            with _lock:
                _idle.append(self)


def _forked() -> None:
    """A forked process has none of these threads, and nobody who would release the lock."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()
    _idle.clear()


os.register_at_fork(after_in_child=_forked)
