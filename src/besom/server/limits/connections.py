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

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from besom.server.limits.settings import Limits

LEAST_PROGRESS = 1024
"""Bytes that a client has to send or to read in ``stall_seconds``."""
_LOOKS = 4
"""How often a connection is looked at within the shortest time after which it may be cut off."""
_LARGEST_HEAD = 2**16
"""Bytes that may come without the end of a head, or a part of a body, in them: the parser keeps all of them."""
_MOST_AHEAD = 8
"""Requests that a client may send on a connection before the one ahead of them is answered."""
_FILES_BESIDES = 256
"""Open files that are kept for blobs, the database and everything else."""

Turn = Literal["head", "body", "answer"]
"""What is waited for: the client should send a head or a body, or read an answer."""


class WatchedConnection(HttpToolsProtocol):
    """A connection that counts what came, and takes neither heads nor requests without end."""

    received = 0
    """Bytes."""
    answered_at = 0
    """``received`` when the last answer was complete."""
    _understood_at = 0
    """``received`` when the parser last had a whole head, or a part of a body."""
    _in_body = False

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self.received += len(data)
        super().data_received(data)
        if self.received - self._understood_at > _LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Called by the parser, as those that follow are. What it raises ends the connection."""
        if len(self.pipeline) >= _MOST_AHEAD:
            raise ValueError("too many requests at once")
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what follows a body looks like one and is none."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The end of a head."""
        self._in_body, self._understood_at = True, self.received
        super().on_headers_complete()
        if self.parser.should_upgrade():  # to what besom does not speak: the parser reads nothing more after it
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._understood_at = self.received
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request."""
        self._in_body, self._understood_at = False, self.received
        super().on_message_complete()

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
        if self.flow.read_paused or (self.cycle is not None and self.cycle.waiting_for_100_continue):
            return None
        if self._in_body:
            return "body", self.received
        if self.cycle is None or (self.cycle.response_complete and self.received > self.answered_at):
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
