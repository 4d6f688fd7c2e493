"""Several processes that serve at one address: they share its socket, and whoever is free takes the next connection.

The first one begins alone, so that what a user got wrong is said once, and is the end. Later one that dies is replaced.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

from besom.errors import BesomError
from besom.server.store.errors import Outgrown

logger = logging.getLogger("besom.server")

_ENDING = (signal.SIGTERM, signal.SIGINT)
_SERVING = signal.SIGUSR1
"""What a worker sends to the one that started it once it can be reached."""
_HEARD = (*_ENDING, _SERVING, signal.SIGCHLD)
_OUTGROWN = os.EX_CONFIG
"""With what a worker ends that no other of this version could take the place of."""
_AGAIN_AFTER = 1.0
"""Seconds from a worker's death to the start of the next: one that dies at its start must not keep the machine busy."""


class Workers:
    """Starts a process for each worker, and another one for each that dies."""

    def __init__(self, count: int, serve: Callable[[Callable[[], None]], None]) -> None:
        """``serve`` is called in each process; it opens everything that it needs, calls what it is given once it can be
        reached, and ends with SIGTERM."""
        self._count = count
        self._serve = serve
        self._pid = os.getpid()
        self._pids: set[int] = set()
        self._life = os.pipe()
        """Workers read from it, and nobody writes: it ends with this process, however that ends."""

    def run(self, begun: Callable[[], None]) -> None:
        """Serves until SIGTERM or SIGINT, and until all workers have ended then. ``begun`` is called once they run.

        Raises:
            SystemExit: the first worker ended before it served, or none of them can serve any more; why, it has said
                itself.
        """
        # Waited for, not handled: a handler may run just before a call that then waits for what has been.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        self._start()
        serves = is_ending = is_outgrown = False
        while self._pids:
            heard = signal.sigwait(_HEARD)
            if heard in _ENDING:
                is_ending = True
                self._end()
            elif heard == _SERVING and not serves and not is_ending:
                serves = True
                for _ in range(1, self._count):
                    self._start()
                begun()
            for code in map(os.waitstatus_to_exitcode, self._dead()):
                if code == _OUTGROWN and serves:
                    is_outgrown = is_ending = True
                    self._end()
                elif not serves and not is_ending:
                    logger.error("The first worker ended with %d before it served, so this server ends.", code)
                    sys.exit(1)
                elif not is_ending:
                    logger.warning("A worker ended with %d; another one starts.", code)
                    time.sleep(_AGAIN_AFTER)
                    self._start()
        if is_outgrown:
            sys.exit(1)

    def _start(self) -> None:
        pid = os.fork()
        if pid == 0:
            self._work()
        self._pids.add(pid)

    def _dead(self) -> Iterator[int]:
        """How workers have ended that nobody has asked about; one SIGCHLD may tell of several."""
        while self._pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._pids.discard(pid)
            yield status

    def _work(self) -> None:
        """What the new process does; never returns."""
        code = 1
        try:
            for number in _ENDING:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
            reading, writing = self._life
            os.close(writing)
            threading.Thread(target=_end_with, args=(reading,), daemon=True).start()
            self._serve(lambda: os.kill(self._pid, _SERVING))
            code = 0
        except BesomError as error:
            print(f"besom: {error}", file=sys.stderr)
            code = _OUTGROWN if isinstance(error, Outgrown) else 1
        except Exception:
            logger.exception("A worker failed")
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _end(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)


def _end_with(reading: int) -> None:
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)
