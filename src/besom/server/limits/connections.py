"""Cuts off clients that are stuck: a connection, and what is held for it, must not be occupied for ever.

uvicorn closes connections that are quiet between two requests. It waits without end for the first byte of a connection,
for the rest of a head or a body, and for a client that does not read its answer. Those are looked at here, all of them
every few seconds.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from besom.server.limits.settings import Limits

LEAST_PROGRESS = 1024
"""Bytes that a client has to send or to read in ``stall_seconds``."""
_LOOKS = 4
"""How often a connection is looked at within the shortest time after which it may be cut off."""
_FILES_BESIDES = 256
"""Open files that are kept for blobs, the database and everything else."""

Turn = Literal["head", "body", "answer"]
"""What is waited for: the client should send a head or a body, or read an answer."""


class WatchedConnection(H11Protocol):
    """A connection that counts what came."""

    received = 0
    """Bytes."""
    answered_at = 0
    """``received`` when the last answer was complete."""

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self.received += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Called by uvicorn."""
        self.answered_at = self.received
        super().on_response_complete()

    def turn(self) -> tuple[Turn, int] | None:
        """What the client should do next, and how many bytes were moved; None where it is the server's turn."""
        if self.transport is None:
            return None
        if unread := self.transport.get_write_buffer_size():
            return "answer", unread
        if self.flow.read_paused or self.conn.they_are_waiting_for_100_continue:
            return None
        match self.conn.their_state:
            case h11.SEND_BODY:
                return "body", self.received
            case h11.IDLE if self.received > self.answered_at or self.cycle is None:
                return "head", self.received
        return None


@dataclass(slots=True)
class Standing:
    """How a connection stood when it last moved on."""

    turn: Turn
    moved: int
    since: float


def stands(before: Standing | None, turn: tuple[Turn, int] | None, now: float) -> Standing | None:
    """How a connection stands that has been looked at again; None where there is nothing to wait for.

    A head has to come within one time from its beginning, so its bytes are no progress; of a body and of an answer
    every kilobyte is.
    """
    if turn is None:
        return None
    what, moved = turn
    if before is None or before.turn != what:
        return Standing(what, moved, now)
    if what != "head" and abs(moved - before.moved) >= LEAST_PROGRESS:
        return Standing(what, moved, now)
    return before


def is_stuck(standing: Standing, limits: Limits, now: float) -> bool:
    """Whether the connection has waited for its client for too long."""
    patience = limits.head_seconds if standing.turn == "head" else limits.stall_seconds
    return now - standing.since >= patience


async def cut_off_stuck(connections: Collection[Any], limits: Limits) -> None:
    """Looks at the connections again and again, and ends those that are stuck."""
    clock: Callable[[], float] = asyncio.get_running_loop().time
    pause = min(limits.head_seconds, limits.stall_seconds) / _LOOKS
    standings: dict[WatchedConnection, Standing] = {}
    now, looked = 0.0, clock()
    while True:
        await asyncio.sleep(pause)
        passed, looked = clock() - looked, clock()
        now += min(passed, 2 * pause)  # more: this server itself stood still, which is no fault of its clients
        before, standings = standings, {}
        for connection in list(connections):
            if (standing := stands(before.get(connection), connection.turn(), now)) is None:
                continue
            if is_stuck(standing, limits, now):
                _reset(connection.transport)
            else:
                standings[connection] = standing


def _reset(transport: asyncio.Transport) -> None:
    """Ends a connection at once; what the client has not read is not kept for it by the kernel either."""
    if (found := transport.get_extra_info("socket")) is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def connections_possible(limits: Limits) -> int:
    """How many connections the server may have open at the same time. Raises the process's own limit of open files as
    far as the operating system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + _FILES_BESIDES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, wanted - _FILES_BESIDES)
