"""Gathers facts at the start of a run, and the load while it goes on."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from besom.errors import BesomError
from besom.protocol import AboutRecord, SystemRecord
from besom.sdk.workers import Work

FIRST_SECONDS = 2.0
"""From the start to the first sample."""
SETTLE_SECONDS = 0.5
"""From the start until the load is first looked at, which a sample is compared with."""
SECONDS = 15.0
"""Between two samples."""
PATIENCE = 10.0
"""Seconds that the end of a run waits for facts that are slow to gather, e.g. from a repository on a far disk."""


class Background:
    """Gathers facts, then samples. Whatever fails here, the program goes on."""

    def __init__(
        self,
        folder: Path,
        *,
        write: Callable[[AboutRecord | SystemRecord], object],
        add_file: Callable[[str, bytes], object],
        facts: bool,
        with_git: bool,
        every: float | None,
    ) -> None:
        """Prepared, not started.

        Args:
            folder: the run's.
            write: writes into its spool.
            add_file: makes bytes a file of the run.
            facts: whether facts are gathered.
            with_git: whether the state of the git repository is one of them.
            every: seconds between two samples; None for none.
        """
        self._folder = folder
        self._write = write
        self._add_file = add_file
        self._facts = facts
        self._with_git = with_git
        self._every = every
        self._ending = threading.Event()
        self._told = threading.Event()

    def start(self) -> None:
        """Starts; what an earlier run of the process found out is told at once, in the caller's thread."""
        about = sys.modules.get("besom.sdk.capture.about")  # not imported by a process's first run: that takes a while
        if self._facts and about and about.is_known(with_git=self._with_git):
            with contextlib.suppress(BesomError, OSError):  # a full disk; log() says so
                self._tell_facts()
            self._facts = False
        if not self._facts:
            self._told.set()
        if self._facts or self._every is not None:
            Work(self._run)

    def _run(self) -> None:
        """Until ``stop``."""
        try:
            try:
                if self._facts:
                    self._tell_facts()
            finally:
                self._told.set()
            if self._every is not None:
                self._sample(self._every)
        except (BesomError, OSError):  # a full disk; log() says so
            pass

    def stop(self) -> None:
        """Ends it, after the facts have been told."""
        self._ending.set()
        self._told.wait(PATIENCE)

    def _tell_facts(self) -> None:
        from besom.sdk.capture import about

        found = about.read(with_git=self._with_git)
        self._write(AboutRecord(data=found.facts))
        for path, data in found.files.items():
            self._add_file(path, data)

    def _sample(self, every: float) -> None:
        from besom.sdk.capture import about
        from besom.sdk.capture.load import Load

        first = min(FIRST_SECONDS, every)
        settle = min(SETTLE_SECONDS, first / 2)
        if self._ending.wait(settle):  # a short run has no load to tell of
            return
        load, wait = Load(self._folder), first - settle
        while not self._ending.wait(wait):
            wait = every
            values = load.sample()
            if gpus := about.gpus():
                values.update(gpus.sample())
            self._write(SystemRecord(time=time.time(), data={name: round(value, 4) for name, value in values.items()}))
