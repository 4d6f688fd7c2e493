"""The signals to an agent: as events for the loop that runs programs, as an exception where a function runs."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from besom.agent.shutdown import ECHO_SECONDS, INTERRUPTS, MESSAGES


@contextlib.contextmanager
def received_by(receive: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Calls ``receive`` for each signal that means something to an agent. Signals that are ignored stay so (``nohup``).

    Off the main thread nothing is changed: only the main thread may.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in INTERRUPTS | MESSAGES}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda received, _frame: receive(signal.Signals(received)))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Terminated(BaseException):
    """Raised in the main thread by a signal that would have ended the process without a word."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.number = number


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Turns SIGTERM and SIGHUP into ``Terminated``, where the program has no handler of its own for them.

    An echo (see ``ECHO_SECONDS``) raises nothing: it would break into the run's end and its report.
    """
    heard: dict[int, float] = {}

    def receive(number: int, _frame: FrameType | None) -> None:
        before, heard[number] = heard.get(number, -math.inf), time.monotonic()
        if heard[number] - before >= ECHO_SECONDS:
            raise Terminated(signal.Signals(number))

    ours: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        ours = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, receive)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is receive:
                signal.signal(number, signal.SIG_DFL)
