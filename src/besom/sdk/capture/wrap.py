"""Capture at the level of ``sys.stdout`` and ``sys.stderr``: for where these do not lead to descriptors (notebooks)."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from besom.errors import BesomError
from besom.protocol import OutputRecord
from besom.sdk import notebook
from besom.sdk.capture.printed import Printed
from besom.sdk.capture.recorder import Lines, Recorder
from besom.sdk.wakeup import Wakeup

AT_ONCE = 2**20
"""Characters that may wait for the thread."""


class Wrap:
    """Listens to both streams until ``stop``. Their objects stay the same: loggers and bars hold on to them."""

    def __init__(self, folder: Path, write: Callable[[OutputRecord], object]) -> None:
        """Starts at once."""
        self._write = write
        self._recorder = Recorder(str(folder))
        self._printed = Printed(folder)
        self._waiting = 0
        self._lock = threading.Lock()
        self._some = Wakeup()
        self._stopped = threading.Event()
        self._undo: list[Callable[[], None]] = []
        self._listen()
        self._forget_cells = notebook.before_each_cell(self._listen)
        # Started when something is printed: a run that prints nothing does without.
        self._thread = threading.Thread(target=self._work, name="besom-console", daemon=True)
        self._starting = threading.Lock()

    def stop(self) -> None:
        """Puts everything back, after the last line has been kept."""
        self._forget_cells()
        self._silence()
        self._stopped.set()
        self._some.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            self._feed()
            self._keep(self._recorder.close())
            self._printed.close()

    def _listen(self) -> None:
        """Again before each cell of a notebook: at a cell's end IPython takes out what was put in during it."""
        self._silence()
        streams = {id(stream): stream for stream in (sys.stdout, sys.stderr) if stream is not None}
        self._undo = [_listen(stream, self._take) for stream in streams.values()]

    def _silence(self) -> None:
        for undo in self._undo:
            undo()

    def _take(self, text: str) -> None:
        self._printed.add(text)
        self._waiting += len(text)
        if not self._some.is_set():
            self._some.set()
        if self._thread.ident is None and self._starting.acquire(blocking=False):
            with contextlib.suppress(RuntimeError):  # the process is about to end; ``stop`` keeps what was printed
                self._thread.start()
        # A flood is worked off by who makes it; never by waiting, because the caller may hold other locks.
        if self._waiting > AT_ONCE and self._lock.acquire(blocking=False):
            try:
                self._feed()
            finally:
                self._lock.release()

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._some.wait()
            self._some.clear()
            with self._lock:
                self._feed()
                due = self._recorder.due
            if due is not None:
                self._stopped.wait(max(0.0, due - time.monotonic()))
                with self._lock:
                    self._feed()
                    self._keep(self._recorder.take())
                    self._printed.restart(self._recorder)

    def _feed(self) -> None:
        self._waiting = 0
        self._keep(self._recorder.feed(self._printed.take()))

    def _keep(self, kept: list[Lines]) -> None:
        with contextlib.suppress(BesomError):  # a full disk; log() says so
            for line, lines in kept:
                self._write(OutputRecord(line=line, lines=lines, time=round(time.time(), 3)))


def _listen(stream: Any, take: Callable[[str], None]) -> Callable[[], None]:
    """Has ``take`` called after each ``stream.write``; returns what undoes it."""
    process, before = os.getpid(), stream.write
    own = "write" in getattr(stream, "__dict__", {})

    def write(text: str, *others: Any) -> Any:
        result = before(text, *others)
        if listening and isinstance(text, str) and os.getpid() == process:  # a forked worker has no thread to read it
            take(text)
        return result

    def undo() -> None:
        listening.clear()
        with contextlib.suppress(AttributeError):
            if stream.__dict__.get("write") is write:  # else somebody else listens too; ours stays, and is silent
                if own:
                    stream.write = before
                else:
                    del stream.write

    listening = [True]
    try:
        stream.write = write
    except AttributeError:  # a class of the user's that allows no attributes
        listening.clear()
    return undo
