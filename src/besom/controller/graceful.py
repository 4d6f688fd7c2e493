"""The first Ctrl-C lets the step that is going on end, the second one aborts it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ends_gently(say: Callable[[str], None]) -> Iterator[threading.Event]:
    """Gives an event that is set by the first Ctrl-C or SIGTERM. For the main thread.

    Args:
        say: Told in a line what a second Ctrl-C does.

    Raises:
        KeyboardInterrupt: at the second one.
    """
    over = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        if over.is_set():
            raise KeyboardInterrupt
        over.set()
        say("Ending after this step. Once more to abort it.")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield over
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
