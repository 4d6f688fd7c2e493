"""Ctrl-C at the wrong moment."""

from __future__ import annotations

import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds Ctrl-C back until the block has ended: what it begins on the server, the user gets to hear of.

    Raises:
        KeyboardInterrupt: at the end, if Ctrl-C was pressed inside; at once when it is pressed again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = False

    def remember(_number: int, _frame: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def read_line(prompt: str) -> str:
    """A line that is typed after ``prompt``, in the main thread; empty where there is no more input.

    ``input`` misses a Ctrl-C that comes between its last look and its wait; here each one is heard.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno())
        try:
            print(prompt, end="", file=sys.stderr, flush=True)
            while sys.stdin not in select.select([sys.stdin, reader], [], [])[0]:
                reader.recv(1)  # a signal, whose handler has run by now
            return sys.stdin.readline()
        finally:
            signal.set_wakeup_fd(before)
