"""The thread that brings the spool to the server while the program goes on."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

from besom.errors import ApiError, BesomError, CommError, ServerUnreachable
from besom.protocol import StreamAck
from besom.sdk.stream import Stream
from besom.sdk.wakeup import Wakeup
from besom.sdk.workers import Work

HEARTBEAT_SECONDS = 10.0
FIRST_PAUSE = 0.05
"""Seconds from a value to its sending, so that a page is live and a burst goes out as one piece."""
BUSY_PAUSE = 0.3
"""The same, right after sending: a program that logs all the time is served three times a second."""
LONGEST_BACKOFF = 30.0
CLOSING_PAUSE = 0.3
PROGRESS_AFTER = 2.0
"""Seconds of waiting for the end until the person is told of it."""


class DiskTrouble(BesomError):
    """The spool cannot be read for now."""


class Sender:
    """Sends what the spool has, beats while it is quiet, waits while server or disk is away; troubles no program."""

    def __init__(self, stream: Stream, *, say: Callable[[str], None], on_stop: Callable[[str], None]) -> None:
        """``on_stop`` is called once, from this thread, with the reason when the server wants the run to end."""
        self.stream = stream
        self._say = say
        self._on_stop = on_stop
        self.changed = Wakeup()
        """Set after each append."""
        self._closing = Wakeup()
        self._abandoned = False
        self._stop_told = False
        self.failure: BesomError | None = None
        """Why the last attempt failed; None when it did not."""
        self._work_begun: Work | None = None
        self.delivered = False
        """Whether, after ``finish``, the server has everything."""

    def start(self) -> None:
        """Begins, in a thread of its own."""
        self._work_begun = Work(self._run)

    def is_alive(self) -> bool:
        """Whether it is at work."""
        return self._work_begun is not None and not self._work_begun.is_over()

    def join(self, timeout: float | None = None) -> None:
        """Waits for the end of its work, at most ``timeout`` seconds."""
        if self._work_begun is not None:
            self._work_begun.join(timeout)

    def _run(self) -> None:
        """Runs until ``finish`` was called and everything is sent, or until there is no use in trying."""
        try:
            self._work()
        except BesomError as error:
            self._give_up(error)
        except Exception as error:  # a fault of besom itself must neither end the training nor stay hidden
            self._give_up(BesomError(f"Sending failed: {type(error).__name__}: {error}"))
        finally:
            self.stream.close()

    def _work(self) -> None:
        # If it does not know the run, the server was away a moment ago, and `init` has said so.
        misses, last_sent = int(not self.stream.known), -math.inf
        if self.stream.run is None:
            self.changed.set()  # the first line is to be sent
        while not self._abandoned:
            if misses:
                self._pause(backoff(misses, random.random()))  # noqa: S311  (no secret)
            else:
                self._wait(busy=time.monotonic() - last_sent < BUSY_PAUSE * 2)
            closing = self._closing.is_set()
            self.changed.clear()
            try:
                if sent := self._send_all(closing):
                    last_sent = time.monotonic()
            except (CommError, OSError) as error:
                self._outlast(error, is_first=not misses)
                misses += 1
                continue
            if misses and (sent or not closing) and not self._abandoned:  # else nothing may have been asked
                is_disk = isinstance(self.failure, DiskTrouble)
                self._say("Sending goes on." if is_disk else f"The server at {self.stream.connection.url} is back.")
            misses, self.failure = 0, None
            if closing:
                self.delivered = not self._abandoned
                return

    def _outlast(self, error: CommError | OSError, *, is_first: bool) -> None:
        """Notes why nothing can be sent for now, and tells it once. What does not pass by itself is raised again."""
        if isinstance(error, OSError):  # the spool lies on a network's disk, say
            self.stream.reopen()
            self.failure = DiskTrouble(f"Sending failed: {error}.")
            comfort = "Values are kept on disk, and it is tried again."
        elif is_away(error):
            self.failure = error
            comfort = "Values are kept on disk and sent when it is back."
        else:
            raise error
        if is_first and not self._abandoned:  # else it is not tried again
            self._say(f"{self.failure.message} {comfort}")

    def _give_up(self, error: BesomError) -> None:
        self.failure = error
        self._say(f"{error.message} Nothing more is sent; values are kept in {self.stream.path.parent}")

    def finish(self, patience: float, progress: Callable[[int], None]) -> bool:
        """Waits until everything is sent; returns whether it is.

        Args:
            patience: seconds to wait while nothing moves on.
            progress: told the bytes that are left, after two seconds and then every ten.
        """
        self._closing.set()
        self.changed.set()
        last, moved = self.stream.offset, time.monotonic()
        tell_at = moved + PROGRESS_AFTER
        self.join(min(0.5, patience))
        while self.is_alive():
            now = time.monotonic()
            if self.stream.offset != last:
                last, moved = self.stream.offset, now
            if now - moved >= patience:
                self.abandon()
                return False
            if now >= tell_at:
                progress(self.stream.pending())
                tell_at = now + 10.0
            self.join(0.5)
        return self.delivered

    def abandon(self) -> None:
        """Ends the thread soon, sent or not."""
        self._abandoned = True
        self._closing.set()
        self.changed.set()

    def _wait(self, busy: bool) -> None:
        if not self._closing.is_set() and self.changed.wait(HEARTBEAT_SECONDS):
            self._closing.wait(BUSY_PAUSE if busy else FIRST_PAUSE)

    def _pause(self, seconds: float) -> None:
        """While the server is away: until it is worth asking again, soon when the program is waiting for the end."""
        if self._closing.wait(seconds):
            time.sleep(CLOSING_PAUSE)

    def _send_all(self, closing: bool) -> bool:
        sent = False
        while not self._abandoned and (ack := self.stream.send()):
            sent = True
            self._heed(ack)
        if not sent and not closing and (ack := self.stream.heartbeat()):
            self._heed(ack)
        return sent

    def _heed(self, ack: StreamAck) -> None:
        if ack.stop is not None and not self._stop_told and not self._closing.is_set():  # else it is ending already
            self._stop_told = True
            self._on_stop(ack.stop)


def is_away(error: CommError) -> bool:
    """Whether it helps to ask again later."""
    if isinstance(error, ApiError):
        return error.status == 429 or error.status >= 500
    return isinstance(error, ServerUnreachable)


def backoff(misses: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row; ``chance`` in [0, 1) spreads clients that failed together."""
    return float(min(LONGEST_BACKOFF, 0.25 * 2 ** min(misses, 10)) * (0.5 + 0.5 * chance))
