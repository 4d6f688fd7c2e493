"""Group commit: one thread owns the writing connection and commits everything that waits in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Connection, Engine

from besom.server.store.errors import Outgrown, StoreError, unstorable
from besom.server.store.histogram import Histogram
from besom.server.store.prepared import roll_back, run_plain

LARGEST_BATCH = 256
"""Works of a kind in one transaction at most."""
BATCH_SECONDS = 0.02
"""Of this thread's CPU for works that are not urgent, of which a transaction has one at least: what is urgent and comes
meanwhile waits for no more of them. By the clock, transactions would get smaller, and more, on a machine that is too
busy anyway."""
GATHER_SECONDS = 0.005
"""While several works come at a time, a batch begins this long after the end of the one before it. Nobody notices that,
and a commit costs as much as a report."""
ATTEMPTS = 5
"""How often a batch is run that the database itself asked to run again."""
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

Work = Callable[[Connection], Any]
Closing = Callable[[Connection, list[Any]], None]
"""What is done at the end of each transaction: it gets what those of its works returned that are kept."""


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

    def outgrown(self, error: BaseException, engine: Engine, /) -> Outgrown | None:
        """Whether a reader failed because a newer server has changed the schema."""

    def may_retry(self, error: BaseException, /) -> bool:
        """Whether the database rolled the transaction back through no fault of its own, and wants it again."""


Result: TypeAlias = "asyncio.Future[Any] | Future[Any]"


@dataclass(eq=False, slots=True)
class _Job:
    work: Work
    result: Result
    is_urgent: bool = False
    loop: asyncio.AbstractEventLoop | None = None
    """In whose thread the result is set; None: in any."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class Writer:
    """Runs works one after the other. A future is resolved only after the commit that holds its work; one that is
    cancelled before its turn is passed over."""

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        self._engine = engine
        self._dialect = dialect
        self._jobs: dict[bool, deque[_Job]] = {True: deque(), False: deque()}
        """The urgent ones, and the others."""
        self._closed = False
        self._arrived = threading.Condition(threading.Lock())
        self._gather_until = 0.0
        self.before_commit: Closing | None = None
        self.outgrown: Outgrown | None = None
        """Why there is nothing to be written any more."""
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
        future: Future[Any] = Future()
        self._put(_Job(work, future))
        return future

    def submit_in(self, loop: asyncio.AbstractEventLoop, work: Work, *, is_urgent: bool) -> asyncio.Future[Any]:
        """``submit`` for a task of this loop, which is woken once for all results of a transaction: to wake it for each
        costs more than what comes before and after. What is urgent goes ahead of what is not."""
        future = loop.create_future()
        self._put(_Job(work, future, is_urgent, loop))
        return future

    def _put(self, job: _Job) -> None:
        with self._arrived:
            if self._closed:
                raise StoreError("The store is closed.")
            self._jobs[job.is_urgent].append(job)
            self._arrived.notify()

    @property
    def waiting(self) -> int:
        """Works that are not at their turn yet."""
        return sum(map(len, self._jobs.values()))

    def close(self) -> None:
        """Commits what waits, then ends the thread."""
        with self._arrived:
            self._closed = True
            self._arrived.notify()
        self._thread.join()
        self._dialect.close()

    def _run(self) -> None:
        while self._wait():
            if (seconds := self._gather_until - time.perf_counter()) > 0:
                time.sleep(seconds)
            if jobs := self._take():
                began = time.perf_counter()
                outcomes = self._commit(jobs)
                ended = time.perf_counter()
                # With a backlog there is nothing to wait for.
                self._gather_until = ended + GATHER_SECONDS if len(outcomes) == len(jobs) > 1 else 0.0
                self.batch_works.add(len(outcomes))
                self.batch_seconds.add(ended - began)
                for job in reversed(jobs[len(outcomes) :]):
                    self._jobs[job.is_urgent].appendleft(job)
                _tell(zip(jobs, outcomes, strict=False))

    def _wait(self) -> bool:
        """Waits for a work; False when none will come any more."""
        with self._arrived:
            while not self.waiting and not self._closed:
                self._arrived.wait()
        return self.waiting > 0

    def _take(self) -> list[_Job]:
        """What waits, the urgent ones first."""
        waiting = (jobs.popleft() for jobs in self._jobs.values() for _ in range(min(LARGEST_BATCH, len(jobs))))
        return [job for job in waiting if not job.result.cancelled()]

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        """The outcomes of the first of the jobs, or of all; the others have not been run.

        What is not urgent comes after all that is, and has its time however much of that comes; it has more while
        nothing urgent waits, here or at another server, since each transaction has a cost of its own.
        """
        for attempt in range(1, ATTEMPTS + 1):
            tried = len(jobs)  # none of them can be, if the transaction does not even begin
            try:
                with self._dialect.transaction(self._engine) as connection:
                    if len(jobs) == 1:  # the transaction is its savepoint
                        outcomes = [_Outcome(jobs[0].work(connection))]
                    else:
                        until: float | None = None
                        outcomes = []
                        for job in jobs:
                            if not job.is_urgent:
                                now = time.thread_time()
                                if until is None:
                                    until = now + BATCH_SECONDS
                                elif now > until and (self._jobs[True] or self._dialect.is_shared):
                                    break
                            tried = len(outcomes) + 1
                            outcomes.append(self._attempt(connection, job.work, is_first=not outcomes))
                    if self.before_commit is not None:
                        kept = [outcome.value for outcome in outcomes if outcome.error is None]
                        self.before_commit(connection, kept)
            except BaseException as error:
                if attempt < ATTEMPTS and self._dialect.may_retry(error):
                    continue
                if isinstance(error, Outgrown):
                    self.outgrown = error
                return [_Outcome(error=self._dialect.explain(error) or unstorable(error) or error)] * tried
            else:
                return outcomes
        raise AssertionError("the last attempt always returns")

    def _attempt(self, connection: Connection, work: Work, *, is_first: bool) -> _Outcome:
        """One work in a savepoint, which ends with that of the next one or the transaction. Raises only what has cost
        the whole transaction.

        The savepoint is plain SQL: SQLAlchemy makes one that costs as much as several statements of the work.
        """
        run_plain(connection, *(() if is_first else ("RELEASE SAVEPOINT work",)), "SAVEPOINT work")
        try:
            return _Outcome(work(connection))
        except BaseException as error:
            # After such an error there is no savepoint to return to: SQLite has already rolled everything back.
            if self._dialect.may_retry(error) or self._dialect.explain(error) is not None:
                raise
            roll_back(connection, "work")
            return _Outcome(error=unstorable(error) or error)


def _tell(outcomes: Iterable[tuple[_Job, _Outcome]]) -> None:
    """Resolves the futures; each loop is woken once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[_Job, _Outcome]]] = {}
    for job, outcome in outcomes:
        if job.loop is None:
            _resolve([(job, outcome)])
        else:
            loops.setdefault(job.loop, []).append((job, outcome))
    for loop, theirs in loops.items():
        with contextlib.suppress(RuntimeError):  # it is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, theirs)


def _resolve(outcomes: Iterable[tuple[_Job, _Outcome]]) -> None:
    for job, outcome in outcomes:
        if job.result.done():  # given up meanwhile
            continue
        if outcome.error is None:
            job.result.set_result(outcome.value)
        elif isinstance(outcome.error, StopIteration):  # no future takes it
            error = RuntimeError("a work raised StopIteration")
            error.__cause__ = outcome.error
            job.result.set_exception(error)
        else:
            job.result.set_exception(outcome.error)
