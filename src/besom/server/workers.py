"""Several processes that serve at one address: they share its socket, and whoever is free takes the next connection."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from besom.errors import BesomError

logger = logging.getLogger("besom.server")

_ENDING = (signal.SIGTERM, signal.SIGINT)
_AGAIN_AFTER = 1.0
"""Seconds from a worker's death to the start of the next: one that dies at its start must not keep the machine busy."""


class Workers:
    """Starts a process for each worker, and another one for each that dies."""

    def __init__(self, count: int, serve: Callable[[], None]) -> None:
        """``serve`` is called in each process; it opens everything that it needs, and ends with SIGTERM."""
        self._count = count
        self._serve = serve
        self._pids: set[int] = set()
        self._is_ending = False
        self._life = os.pipe()
        """Workers read from it, and nobody writes: it ends with this process, however that ends."""

    def run(self, begun: Callable[[], None]) -> None:
        """Serves until SIGTERM or SIGINT, and until all workers have ended then. ``begun`` is called once they run."""
        for number in _ENDING:
            signal.signal(number, self._end)
        for _ in range(self._count):
            self._start()
        begun()
        while self._pids:
            pid, status = os.wait()
            self._pids.discard(pid)
            if not self._is_ending:
                logger.warning("A worker ended with %d; another one starts.", os.waitstatus_to_exitcode(status))
                time.sleep(_AGAIN_AFTER)
                self._start()

    def _start(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # until each process knows what to do with them
        if not self._is_ending:
            pid = os.fork()
            if pid == 0:
                self._work()
            self._pids.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def _work(self) -> None:
        """What the new process does; never returns."""
        code = 1
        try:
            for number in _ENDING:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
            reading, writing = self._life
            os.close(writing)
            threading.Thread(target=_end_with, args=(reading,), daemon=True).start()
            self._serve()
            code = 0
        except BesomError as error:
            print(f"besom: {error}", file=sys.stderr)
        except Exception:
            logger.exception("A worker failed")
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _end(self, *_: object) -> None:
        self._is_ending = True
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def _end_with(reading: int) -> None:
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)
