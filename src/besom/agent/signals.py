"""Puts the agent's signals on its queue of events for as long as it runs."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

from besom.agent.shutdown import INTERRUPTS, MESSAGES


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
