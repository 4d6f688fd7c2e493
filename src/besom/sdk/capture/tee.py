"""The process between a program and its terminal: passes on what the program prints, and keeps it for the run.

A process of its own, so that nothing is lost when the program dies, whatever killed it; so that code which prints while
it holds Python's lock cannot wait for a reader that needs the lock; and so that the program does not pay for the work.
It lives as long as anything holds the writing end of what it reads, and passes on until then.

It is given file descriptors: 0 tells it by one byte that the run ends; 1 hears from it by one byte that it works and
of each batch of lines, and by a full stop that there are no more; the arguments pair what to read with where to pass it
on. It imports so little that it starts in milliseconds.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import termios
import time

from besom.sdk.capture.recorder import Lines, Recorder

RECORDS_NAME = "console.jsonl"
"""In the run's folder: records on their way to the spool. Locked while this process keeps it."""
MOST_IN_A_PIPE = 2**20
"""Bytes."""
SETTLE_SECONDS = 0.01
"""A terminal's kernel side passes on what was written to it with a delay."""
DRAIN_SECONDS = 1.0
"""What a program's children go on printing at its end must not hold it up."""


class Channel:
    """One stream of the program and where it goes."""

    def __init__(self, source: int, target: int) -> None:
        self.source = source
        self._target = target
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.terminal = os.isatty(source)
        self.is_over = False
        self._size = b""

    def read(self) -> str:
        """Passes on what is there and returns it. From then on it ``is_over`` when nothing more can come, or nobody
        wants it."""
        if self.terminal:
            self._adopt_size()
        data = b""
        try:
            data = os.read(self.source, 2**16)
            self._pass_on(data)
        except OSError:  # EIO: the last program has closed the terminal; EPIPE: its reader has gone
            self.is_over = True
        self.is_over = self.is_over or not data
        if self.is_over:
            data += self._rest()
            os.close(self.source)  # where the reader has gone, the program hears so when it next writes
        return self._decode(data)  # the run keeps it, whoever else does

    def _rest(self) -> bytes:
        """What the program has written since: all that the pipe holds, with one look, or one that writes for ever would
        hold this up for ever."""
        with contextlib.suppress(OSError):
            if select.select([self.source], [], [], 0)[0]:
                return os.read(self.source, MOST_IN_A_PIPE)
        return b""

    def _pass_on(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._target, data) :]
            except BlockingIOError:
                select.select([], [self._target], [])

    def _adopt_size(self) -> None:
        """The user may have changed the size of the terminal's window."""
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(self._target, termios.TIOCGWINSZ, bytes(8))
            if size != self._size:
                fcntl.ioctl(self.source, termios.TIOCSWINSZ, size)
                self._size = size


class Keeper:
    """Writes the records of a run."""

    def __init__(self, folder: str) -> None:
        self._file = open(f"{folder}/{RECORDS_NAME}", "ab", buffering=0)  # noqa: PTH123, SIM115
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.recorder = Recorder(folder)

    def feed(self, text: str) -> None:
        """Takes what the program printed."""
        self._keep(self.recorder.feed(text))

    def take(self) -> None:
        """Writes what has changed."""
        self._keep(self.recorder.take())

    def close(self) -> None:
        """Writes the rest."""
        self._keep(self.recorder.close())
        self._file.close()

    def _keep(self, kept: list[Lines]) -> None:
        records = [
            {"type": "output", "line": line, "lines": lines, "time": round(time.time(), 3)} for line, lines in kept
        ]
        if records:
            with contextlib.suppress(OSError):  # a full disk: the program's output still goes where it should
                self._file.write("".join(json.dumps(record) + "\n" for record in records).encode())
            _tell(b"\n")


def main(folder: str, pairs: list[str]) -> None:
    """Works until nobody holds what it reads."""
    channels = {channel.source: channel for channel in (Channel(*map(int, pair.split(":"))) for pair in pairs)}
    control: list[int] = [0]
    keeper: Keeper | None = Keeper(folder)
    _tell(b"\n")
    while channels:
        due = keeper.recorder.due if keeper else None
        ready = select.select([*channels, *control], [], [], due and max(0.0, due - time.monotonic()))[0]
        _pass_on(channels, keeper, ready)
        if keeper and due and time.monotonic() >= due:
            keeper.take()
        if 0 in ready:
            control = []
            if os.read(0, 1) and keeper:  # else the program died without a word, or became another one
                _drain(channels, keeper)
                keeper.close()
                keeper = None
                _tell(b".")
    if keeper:
        keeper.close()


def _pass_on(channels: dict[int, Channel], keeper: Keeper | None, ready: list[int]) -> None:
    for source in [source for source in ready if source in channels]:
        text = channels[source].read()
        if text and keeper:
            keeper.feed(text)
        if channels[source].is_over:
            del channels[source]


def _drain(channels: dict[int, Channel], keeper: Keeper) -> None:
    until = time.monotonic() + DRAIN_SECONDS
    settle = SETTLE_SECONDS if any(channel.terminal for channel in channels.values()) else 0.0
    while time.monotonic() < until and (ready := select.select([*channels], [], [], settle)[0]):
        _pass_on(channels, keeper, ready)


def _tell(word: bytes) -> None:
    with contextlib.suppress(OSError):  # the program has gone
        os.write(1, word)


def start() -> None:
    """Called by the program that ``redirect`` starts."""
    # What ends the program, or all of a batch job, must not end this before it has passed on the last words.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    if os.fork():  # the program must not find a child that it did not start, e.g. in os.wait()
        os._exit(0)
    main(sys.argv[1], sys.argv[2:])
