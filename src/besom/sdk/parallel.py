"""Several requests at a time: a server's answer to one takes a disk's time, to eight hardly more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

WORKERS = 8
"""As many connections as ``client.Connection`` keeps."""


def in_parallel(call: Callable[[Item], object], items: Sequence[Item]) -> None:
    """Calls ``call`` with each item, eight at a time, and returns when all are done.

    The threads do not hold up the end of the program, as those of ``concurrent.futures`` would.

    Raises:
        BaseException: what the first call that failed raised; no further call begins after it.
    """
    waiting = list(reversed(items))
    failures: list[BaseException] = []

    def work() -> None:
        while waiting and not failures:
            try:
                item = waiting.pop()
            except IndexError:  # another thread took it
                return
            try:
                call(item)
            except BaseException as error:
                failures.append(error)

    others = [threading.Thread(target=work, daemon=True) for _ in range(min(WORKERS, len(items)) - 1)]
    for thread in others:
        thread.start()
    work()
    for thread in others:
        thread.join()
    if failures:
        raise failures[0]
