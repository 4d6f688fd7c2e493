"""Group commit: one thread owns the writing connection and commits everything that waits in one transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from besom.server.store.errors import StoreError, unstorable
from besom.server.store.histogram import Histogram

LARGEST_BATCH = 256
"""Works in one transaction at most, which bounds how long the first of them waits for the last."""
GATHER_SECONDS = 0.005
"""While several works come at a time, a batch begins this long after the end of the one before it. Nobody notices that,
and a commit costs as much as a report."""
ATTEMPTS = 5
"""How often a batch is run that the database itself asked to run again."""
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

Work = Callable[[Connection], Any]


class Dialect(Protocol):
    """What the two databases do differently."""

    is_shared: bool
    """Whether other servers may use the database at the same time."""

    def clock(self) -> float:
        """Unix seconds, the same for all servers of the database."""

    def transaction(self, engine: Engine, /) -> AbstractContextManager[Connection]:
        """Around every writing transaction: its connection, when it is its turn to write."""

    def close(self) -> None:
        """Nobody writes any more."""

    def explain(self, error: BaseException, /) -> StoreError | None:
        """The trouble with the database behind an exception; None when the statement itself was at fault."""

    def may_retry(self, error: BaseException, /) -> bool:
        """Whether the database rolled the transaction back through no fault of its own, and wants it again."""


@dataclass(eq=False)
class _Job:
    work: Work
    future: Future[Any] = field(default_factory=Future)


@dataclass(frozen=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class Writer:
    """Runs works one after the other. A future is resolved only after the commit that holds its work."""

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        self._engine = engine
        self._dialect = dialect
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._gather_until = 0.0
        self.batch_works = Histogram(_SIZES)
        """Works of each transaction."""
        self.batch_seconds = Histogram()
        """What each transaction took, with its commit."""
        self._thread = threading.Thread(target=self._run, name="besom-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Queues a work; the future carries its result or its exception.

        Raises:
            StoreError: the store is closed.
        """
        job = _Job(work)
        with self._closing:
            if self._closed:
                raise StoreError("The store is closed.")
            self._jobs.put(job)
        return job.future

    @property
    def waiting(self) -> int:
        """Works that are not at their turn yet."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Commits what waits, then ends the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()
        self._dialect.close()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._take()
            jobs = [job for job in batch if job.future.set_running_or_notify_cancel()]
            if jobs:
                began = time.perf_counter()
                outcomes = self._commit(jobs)
                ended = time.perf_counter()
                self._gather_until = ended + GATHER_SECONDS if len(jobs) > 1 else 0.0
                self.batch_works.add(len(jobs))
                self.batch_seconds.add(ended - began)
                for job, outcome in zip(jobs, outcomes, strict=True):
                    if outcome.error is None:
                        job.future.set_result(outcome.value)
                    else:
                        job.future.set_exception(outcome.error)

    def _take(self) -> tuple[list[_Job], bool]:
        """Everything that waits, at least one job, and whether more may come."""
        batch: list[_Job] = []
        job = self._jobs.get()
        if (seconds := self._gather_until - time.perf_counter()) > 0:
            time.sleep(seconds)
        while job is not None:
            batch.append(job)
            if len(batch) == LARGEST_BATCH or self._jobs.empty():
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._dialect.transaction(self._engine) as connection:
                    if len(jobs) == 1:  # the transaction is its savepoint
                        outcomes = [_Outcome(jobs[0].work(connection))]
                    else:
                        outcomes = [self._attempt(connection, job.work) for job in jobs]
            except BaseException as error:
                if attempt < ATTEMPTS and self._dialect.may_retry(error):
                    continue
                return [_Outcome(error=self._dialect.explain(error) or unstorable(error) or error)] * len(jobs)
            else:
                return outcomes
        raise AssertionError("the last attempt always returns")

    def _attempt(self, connection: Connection, work: Work) -> _Outcome:
        """One work in a savepoint. Raises only what has cost the whole transaction.

        The savepoint is plain SQL: SQLAlchemy makes one that costs as much as several statements of the work.
        """
        connection.exec_driver_sql("SAVEPOINT work")
        try:
            value = work(connection)
            connection.exec_driver_sql("RELEASE SAVEPOINT work")
        except BaseException as error:
            # After such an error there is no savepoint to return to: SQLite has already rolled everything back.
            if self._dialect.may_retry(error) or self._dialect.explain(error) is not None:
                raise
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT work")
            return _Outcome(error=unstorable(error) or error)
        return _Outcome(value)
