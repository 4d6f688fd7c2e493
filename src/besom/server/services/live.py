"""Tells those who wait that something changed: long polls by topic, event streams by project.

What other servers of the database change is brought here by ``relay``. Everything here happens in the event loop's
thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["run", "sweep", "agent", "project", "document", "reset"]

COALESCE_SECONDS = 0.1
STREAM_FACTOR = 8
BUSY_FACTOR = 6
KEEP_ALIVE_SECONDS = 15.0
_MOST_PENDING = 1000
CALLERS = "callers"
"""Topic that is woken when somebody's rights, or a secret, have ended."""
NEWCOMERS = "newcomers"
"""Topic that is woken when a key or a session was made."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something of a project is not what it was. With kind ``reset``: changes were left out, ask for everything."""

    kind: ChangeKind
    id: str
    version: int


class Subscription:
    """The changes of one project that a reader has not fetched yet: the latest per thing, and only so many."""

    def __init__(self) -> None:
        self._pending: dict[tuple[str, str], Change] = {}
        self._last: dict[tuple[str, str], Change] = {}
        self._overflow = False
        self._filled = asyncio.Event()
        self._fetched = -math.inf
        self.closed = False

    def add(self, change: Change) -> None:
        """Notes a change; one too many and the reader is told to ask for everything instead."""
        if self._overflow:
            return
        self._pending[change.kind, change.id] = change
        if len(self._pending) > _MOST_PENDING:
            self._pending = {("reset", ""): Change("reset", "", change.version)}
            self._overflow = True
        self._filled.set()

    def close(self) -> None:
        """Ends it; the reader is woken."""
        self.closed = True
        self._filled.set()

    async def fetch(self, keep_alive: float = KEEP_ALIVE_SECONDS, coalesce: float = COALESCE_SECONDS) -> list[Change]:
        """The changes since the last call, of a short while in one; empty when there were none for ``keep_alive`` s.

        After a rest that while is ``coalesce`` seconds. In a stream of changes it is ``STREAM_FACTOR`` times as long,
        because each message costs the server and every open page the same, however much it carries; but only
        ``BUSY_FACTOR`` times while a run changes again and again, whose sender has kept its values for a while already.
        """
        try:
            await asyncio.wait_for(self._filled.wait(), keep_alive)
        except (TimeoutError, asyncio.TimeoutError):
            return []
        if not self.closed:
            rested = time.monotonic() - self._fetched
            await asyncio.sleep(max(coalesce, BUSY_FACTOR * coalesce - rested))
            if not self._has_busy_runs():
                rested = time.monotonic() - self._fetched
                await asyncio.sleep(max(0, STREAM_FACTOR * coalesce - rested))
        self._fetched = time.monotonic()
        self._last, self._pending, self._overflow = self._pending, {}, False
        if not self.closed:
            self._filled.clear()
        return list(self._last.values())

    def _has_busy_runs(self) -> bool:
        return any(kind == "run" for kind, _ in self._pending.keys() & self._last.keys())


class Listener:
    """Is told when one of its topics is woken, also if that happened before it began to wait."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self.event = asyncio.Event()
        self.topics: set[str] = set()
        self.woken: set[str] = set()
        """Those of its topics that were woken, until somebody takes them out."""

    def add(self, *topics: str) -> None:
        """Listens to these as well from now on."""
        self._live.attach(self, topics)

    async def wait(self, seconds: float) -> bool:
        """Waits for a topic; False when the time is over, or the server ends."""
        if self._live.closed or seconds <= 0:
            return False
        try:
            await asyncio.wait_for(self.event.wait(), seconds)
        except (TimeoutError, asyncio.TimeoutError):
            return False
        self.event.clear()
        return not self._live.closed


class Live:
    """Who waits for which topic, and who watches which project. One for each server process."""

    def __init__(self) -> None:
        self.closed = False
        self._listeners: dict[str, set[Listener]] = {}
        self._subscriptions: dict[int, set[Subscription]] = {}
        self._followers: dict[str, Callable[[], None]] = {}

    def follow(self, topic: str, act: Callable[[], None]) -> None:
        """Lets ``act`` be called whenever a topic is woken, as long as the server runs; one for each topic."""
        self._followers[topic] = act

    @contextlib.contextmanager
    def listening(self, *topics: str) -> Iterator[Listener]:
        """Begin to listen *before* looking at the state, so that nothing is missed in between."""
        listener = Listener(self)
        self.attach(listener, topics)
        try:
            yield listener
        finally:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def attach(self, listener: Listener, topics: Iterable[str]) -> None:
        """Lets a listener hear of these topics, too."""
        listener.topics.update(topics)
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(listener)

    @property
    def watching(self) -> int:
        """How many event streams are open."""
        return sum(len(subscriptions) for subscriptions in self._subscriptions.values())

    def wake(self, topics: Iterable[str]) -> None:
        """Wakes everybody who listens to one of the topics."""
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.woken.add(topic)
                listener.event.set()
            if topic in self._followers:
                self._followers[topic]()

    @contextlib.contextmanager
    def subscribed(self, project_id: int) -> Iterator[Subscription]:
        """The changes of a project from now on."""
        subscription = Subscription()
        if self.closed:
            subscription.close()
        self._subscriptions.setdefault(project_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[project_id].discard(subscription)
            if not self._subscriptions[project_id]:
                del self._subscriptions[project_id]

    def publish(self, project_id: int, change: Change) -> None:
        """Tells the project's subscribers."""
        for subscription in self._subscriptions.get(project_id, ()):
            subscription.add(change)

    def reset(self) -> None:
        """Nobody knows what has changed: everybody looks at everything anew."""
        self.wake([*self._listeners, *self._followers])
        for project_id in self._subscriptions:
            self.publish(project_id, Change("reset", "", 0))

    def close(self) -> None:
        """Lets every long poll and event stream end at once."""
        self.closed = True
        self.wake(list(self._listeners))
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.close()


def sweep_topic(sweep_id: str) -> str:
    """Woken when agents of the sweep should ask again."""
    return f"sweep/{sweep_id}"


def project_topic(project_id: int) -> str:
    """Woken when agents of the whole project should look at its sweeps again."""
    return f"project/{project_id}"


def agent_topic(agent_id: str) -> str:
    """Woken when a run of the agent is to be stopped."""
    return f"agent/{agent_id}"
