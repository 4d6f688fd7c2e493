"""What every service works with: store, clock, chance, listeners; and ``Unit``, a unit of work in a transaction."""

from __future__ import annotations

import contextlib
import math
import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from besom.server.services.consumption import Consumption
from besom.server.services.live import Change, ChangeKind, Live
from besom.server.services.refusals import Invalid
from besom.server.services.tally import Tally
from besom.server.store import duties, events, notices, projects, sweeps
from besom.server.store.errors import StoreError, Unstorable
from besom.server.store.prepared import savepoint

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.server.store.store import Store

Result = TypeVar("Result")
_MOMENT = 1e-6
_NO_SPAN: AbstractContextManager[None] = contextlib.nullcontext()


@dataclass(slots=True)
class Unit:
    """A unit of work in a write transaction: its connection and time, and whom to tell after the commit."""

    conn: Connection
    now: float
    latest: float = math.inf
    """As ``Context.latest``."""
    changes: list[tuple[int, Change]] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    """Sweeps that got this transaction's version already."""
    counts: dict[str, int] = field(default_factory=dict)
    consumption: Consumption = field(default_factory=Consumption)
    _versions: dict[int, int] = field(default_factory=dict)

    @property
    def awake(self) -> float:
        """``now``, without a time in which the server slept and that nobody has noticed yet."""
        return min(self.now, self.latest)

    def version(self, project_id: int) -> int:
        """The project's next version: one for everything that a transaction changes in it, of this work and others."""
        if project_id not in self._versions:
            self._versions[project_id] = projects.next_version(self.conn, project_id, self.now)
        return self._versions[project_id]

    def own_version(self, project_id: int) -> int | None:
        """The version that this transaction, perhaps in a work before, has given to what it changed in a project."""
        return self._versions.get(project_id)

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        """Takes back what is done in the block if that raises, and nothing else."""
        before = self.changes[:], self.topics.copy(), self.touched.copy(), self.counts.copy(), self._versions.copy()
        try:
            with savepoint(self.conn, "part"):
                yield
        except BaseException:
            self.changes, self.topics, self.touched, self.counts, self._versions = before
            raise

    def changed(self, project_id: int, kind: ChangeKind, identity: str) -> int:
        """Notes that a thing changed and returns the version to store with it."""
        version = self.version(project_id)
        self.changes.append((project_id, Change(kind, identity, version)))
        return version

    def touch_sweep(self, project_id: int, sweep_id: str | None) -> None:
        """Notes that the counts or the best run of a sweep changed."""
        if sweep_id is not None and sweep_id not in self.touched:
            self.touched.add(sweep_id)
            sweeps.change(self.conn, sweep_id, {"version": self.changed(project_id, "sweep", sweep_id)})

    def wake(self, topic: str) -> None:
        """Lets the long polls on a topic look again after the commit."""
        self.topics.add(topic)

    def count(self, what: str, number: int = 1) -> None:
        """Counts something for the server's metrics, if this transaction is committed."""
        self.counts[what] = self.counts.get(what, 0) + number

    def event(
        self,
        project_id: int,
        kind: str,
        actor: str,
        reason: str = "",
        *,
        sweep_id: str | None = None,
        run_id: str | None = None,
        agent_id: str | None = None,
        level: str | None = None,
    ) -> None:
        """Writes down what happened, who did it and why."""
        subject = {"sweep_id": sweep_id, "run_id": run_id, "agent_id": agent_id}
        events.add(
            self.conn,
            {
                "project_id": project_id,
                "time": self.now,
                "kind": kind,
                "actor": actor,
                "reason": reason,
                **subject,
                "level": level,
            },
        )

    def run_event(self, run: Any, kind: str, actor: str, reason: str = "", *, level: str | None = None) -> None:
        """Writes down what happened to a run; ``run`` is its row."""
        subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": run.agent_id}
        self.event(run.project_id, kind, actor, reason, **subject, level=level)


@dataclass(frozen=True, slots=True)
class _Done:
    """What a work has come to."""

    result: Any
    unit: Unit


@dataclass(slots=True)
class Context:
    """What the services work with; everything that a test wants to choose is an argument."""

    store: Store
    clock: Callable[[], float]
    rng: random.Random
    lease_seconds: float
    url: str
    """Address of this server as its users reach it, without a slash at the end."""
    version: str
    """Of the server."""
    live: Live = field(default_factory=Live)
    tally: Tally = field(default_factory=Tally)
    span: Callable[..., AbstractContextManager[Any]] = field(default=lambda _name, **_about: _NO_SPAN)
    """Called with a name and what it is about; what happens in the block is one step of a trace."""
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    """Of this process, for the other servers of the database."""
    consumption: Consumption = field(default_factory=Consumption)
    doubts: int = 0
    """Counts the writes of which it is not known whether the database has kept them: nobody was told of those."""
    started: float = field(init=False)
    """When this server began: silence before it is nobody's fault."""
    latest: float = math.inf
    """It cannot be later than this, unless the server slept or its clock was set since it looked (``pauses.py``)."""
    newest: float = -math.inf
    """Time of the last write. While the clock is behind it, until the server looks, time all but stands still."""

    _transaction: object = field(default=None, init=False)
    """That in which the last work was done."""
    _versions: dict[int, int] = field(default_factory=dict, init=False)
    """Of the projects that it has changed."""

    def __post_init__(self) -> None:
        self.started = self.clock()
        if self.store.is_shared:
            self.store.before_commit(self._tell_others)

    async def write(self, work: Callable[[Unit], Result]) -> Result:
        """Does ``work`` in a write transaction; after the commit tells those who wait.

        Raises:
            Invalid: a value can never be stored.
        """

        def in_transaction(conn: Connection) -> _Done:
            if conn.get_transaction() is not self._transaction:
                self._transaction, self._versions = conn.get_transaction(), {}
            unit = Unit(
                conn, self._next_time(), self.latest, consumption=self.consumption, _versions=self._versions.copy()
            )
            done = _Done(work(unit), unit)
            self._versions = unit._versions  # of no work that has failed, and is taken back
            return done

        with self.span("write"), _as_refusal():
            try:
                done = await self.store.write(in_transaction)
            except StoreError:
                self.doubts += 1
                raise
        unit = done.unit
        if unit.counts:
            self.tally.counts.update(unit.counts)
        self.live.wake(unit.topics)
        for project_id, change in unit.changes:
            self.live.publish(project_id, change)
        result: Result = done.result
        return result

    def _tell_others(self, conn: Connection, done: list[Any]) -> None:
        tell_others(conn, [each.unit for each in done if isinstance(each, _Done)], self.name)

    def _next_time(self) -> float:
        """Now, and later than any time before: what is written in a row keeps its order."""
        now = self.clock()
        self.newest = now if now >= self.newest else self.newest + _MOMENT
        return self.newest

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Does ``work`` on a snapshot."""
        with _as_refusal():
            return await self.store.read(work)

    async def takes_turn(self, duty: str, seconds: float) -> bool:
        """Whether it falls to this server to do what one of all the servers does every so many seconds."""
        if not self.store.is_shared:
            return True
        if not await self.read(lambda conn: duties.is_due(conn, duty, self.clock(), seconds)):
            return False  # as most often: that takes nobody's turn to write
        return await self.write(lambda unit: duties.take(unit.conn, duty, unit.now, seconds))

    def page(self, entity: str, project: str, *rest: str) -> str:
        """Address of a page."""
        return "/".join([self.url, *(quote(part, safe="") for part in (entity, project, *rest))])


def tell_others(conn: Connection, units: Sequence[Unit], sender: str) -> None:
    """Writes what other servers of the database are told of a transaction, if it is anything; ``relay`` reads it. It is
    one notice for all of its works, since every server looks for each."""
    topics = {topic for unit in units for topic in unit.topics}
    changes = {(project_id, one.kind, one.id): one.version for unit in units for project_id, one in unit.changes}
    if topics or changes:
        told = [(*what, version) for what, version in changes.items()]
        notices.add(conn, sender, units[-1].now, {"topics": sorted(topics), "changes": told})


@contextlib.contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except Unstorable as error:
        raise Invalid("unstorable", error.message, error.hint, field=error.field) from error
