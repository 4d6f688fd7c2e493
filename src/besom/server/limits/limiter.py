"""Admission control: counts the requests at work, and decides which more are let in.

Three things grow when more comes than a server can do: requests at work, bodies in memory, and works that wait for the
writer. Each has a limit, and whoever comes when it is reached is told at once when to come again: that costs little,
and loses nothing. What is urgent may use all of a limit, everything else only a part of it (``Priority``), so that
uploads and reads are refused first and heartbeats last.
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http import HTTPStatus

from besom.server.limits.priority import Priority
from besom.server.limits.settings import Limits
from besom.server.services.addresses import block_of

logger = logging.getLogger("besom.server")

MEGABYTE = 2**20
_BURST_SECONDS = 5
_SMALLEST_BURST = 16
"""A key that was quiet may send as much at once as it is allowed in this time, or this many requests."""
_AGAIN_SECONDS = {Priority.LEASE: 1, Priority.REPORT: 1, Priority.BULK: 2}
_SMALL_BODY = 2**16
"""Bytes; what agents live from has room for as many, however much of other bodies is in memory."""
_STREAM_AGAIN_SECONDS = 30
_GUESSING = "From this address come more secrets that nobody has than its limit, the guesses."
_MOST_KEYS = 10_000
_TELL_EVERY = 60.0


@dataclass(slots=True)
class Load:
    """What a server has taken on."""

    requests: Counter[Priority] = field(default_factory=Counter)
    writes: int = 0
    size: int = 0
    """Bytes of bodies in memory."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Why a request is not taken on now."""

    status: HTTPStatus
    after: int
    """Seconds until it is worth to come again."""
    why: str


class Overloaded(Exception):
    """A request is not taken on; ``busy`` says why."""

    def __init__(self, busy: Busy) -> None:
        super().__init__(busy.why)
        self.busy = busy


def decide(load: Load, limits: Limits, priority: Priority, size: int) -> Busy | None:
    """Whether a server with this load refuses one more request, with a body of ``size`` bytes."""
    weighs_nothing = size == 0 or (priority is Priority.LEASE and size <= _SMALL_BODY)
    fullness = {
        # Requests of agents are held back while there is nothing to do: their number says nothing about the load.
        "requests": 0.0 if priority is Priority.LEASE else load.requests[priority] / limits.requests,
        "writes": load.writes / limits.writes,
        # One body alone always has room, however large.
        "megabytes": 0.0 if weighs_nothing or not load.size else (load.size + size) / (limits.megabytes * MEGABYTE),
    }
    name, fullest = max(fullness.items(), key=lambda item: item[1])
    if fullest < priority.value:
        return None
    why = f"This server is busy: its limit of {name} is reached."
    return Busy(HTTPStatus.SERVICE_UNAVAILABLE, _AGAIN_SECONDS[priority], why)


class TokenBucket:
    """What one key may still ask for: a token for each request, as many more each second as its rate, up to a burst."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: int, now: float) -> None:
        self._rate = rate
        self._burst = self._left = float(max(_SMALLEST_BURST, rate * _BURST_SECONDS))
        self._since = now

    def take(self, priority: Priority, now: float) -> Busy | None:
        """Takes one request off; refuses when too little is left for one that is no more urgent than this."""
        busy = self.check(priority, now, "This key sends more requests than its limit, the rate.")
        if busy is None:
            self.spend()
        return busy

    def check(self, priority: Priority, now: float, why: str) -> Busy | None:
        """Refuses when too little is left for a request that is no more urgent than this; takes nothing off."""
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now
        lacking = self._burst * (1 - priority.value) + 1 - self._left
        return None if lacking <= 0 else Busy(HTTPStatus.TOO_MANY_REQUESTS, math.ceil(lacking / self._rate), why)

    def spend(self) -> None:
        """Takes one request off."""
        self._left = max(0.0, self._left - 1)


@dataclass(slots=True)
class _Admitted(AbstractContextManager[None]):
    """A request that was let in. Plain methods: a generator for each request costs more than what it counts."""

    load: Load
    priority: Priority
    size: int

    def __enter__(self) -> None:
        self.load.requests[self.priority] += 1
        self.load.size += self.size

    def __exit__(self, *_: object) -> None:
        self.load.requests[self.priority] -= 1
        self.load.size -= self.size


class Limiter:
    """Lets requests in and out. Used in the event loop's thread only."""

    def __init__(self, limits: Limits, clock: Callable[[], float], waiting_writes: Callable[[], int]) -> None:
        self.limits = limits
        self._clock = clock
        self._waiting_writes = waiting_writes
        self.load = Load()
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()
        self._guesses: OrderedDict[str, TokenBucket] = OrderedDict()
        self._streams: Counter[Hashable] = Counter()
        self._refused = 0
        self._told = -math.inf

    def admit(self, priority: Priority, key: str | None, size: int = 0) -> AbstractContextManager[None]:
        """Lets a request in; while the block of what this returns lasts, it is counted.

        Args:
            priority: What it is for.
            key: Whose bucket pays for it; None: nobody's.
            size: Bytes of its body, if they will be in memory.

        Raises:
            Overloaded: it must come again later; it was not counted.
        """
        load = self.load
        load.writes = self._waiting_writes()
        self._refuse(decide(load, self.limits, priority, size))
        if key is not None:
            now = self._clock()
            self._refuse(_bucket_of(self._buckets, key, self.limits.rate, now).take(priority, now))
        return _Admitted(load, priority, size)

    def refuse_guessing(self, address: str) -> None:
        """Raises Overloaded for an address from which, or from beside which, too many secrets came that nobody has."""
        guesses = self._guesses.get(block_of(address))
        if guesses is not None:
            self._refuse(guesses.check(Priority.LEASE, self._clock(), _GUESSING))

    def count_guess(self, address: str) -> None:
        """From this address came a secret that nobody has."""
        _bucket_of(self._guesses, block_of(address), self.limits.guesses, self._clock()).spend()

    @contextlib.contextmanager
    def watching(self, link: Hashable) -> Iterator[None]:
        """While the block lasts an event stream that comes by a link is counted.

        Raises:
            Overloaded: the link has as many as it may have; it was not counted.
        """
        if self._streams[link] >= self.limits.streams:
            why = "This link is watched by as many at once as its limit, the streams."
            self._refuse(Busy(HTTPStatus.TOO_MANY_REQUESTS, _STREAM_AGAIN_SECONDS, why))
        self._streams[link] += 1
        try:
            yield
        finally:
            self._streams[link] -= 1
            if not self._streams[link]:
                del self._streams[link]

    def _refuse(self, busy: Busy | None) -> None:
        if busy is None:
            return
        self._refused += 1
        if (now := self._clock()) - self._told >= _TELL_EVERY:
            logger.warning("%d requests were told to come again later; the last: %s", self._refused, busy.why)
            self._refused, self._told = 0, now
        raise Overloaded(busy)


def _bucket_of(buckets: OrderedDict[str, TokenBucket], whose: str, rate: int, now: float) -> TokenBucket:
    bucket = buckets.pop(whose, None) or TokenBucket(rate, now)
    buckets[whose] = bucket
    if len(buckets) > _MOST_KEYS:
        buckets.popitem(last=False)  # the one that was quiet for longest: it is full again
    return bucket
