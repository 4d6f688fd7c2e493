"""Threads that serve run after run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from besom.sdk.workers import Work


def in_thread() -> tuple[threading.Thread, Work]:
    found: list[threading.Thread] = []
    work = Work(lambda: found.append(threading.current_thread()))
    work.join(30)
    assert work.is_over()
    return found[0], work


def test_work_that_comes_later_is_done_by_a_thread_that_is_there(until: Callable[[Callable[[], Any]], Any]) -> None:
    seen = {in_thread()[0]}
    assert threading.current_thread() not in seen

    def is_seen_again() -> bool:  # a thread is idle a moment after its work is over; until then another one is taken
        number = len(seen)
        seen.add(in_thread()[0])
        return len(seen) == number

    until(is_seen_again)


def test_work_side_by_side_does_not_wait_for_each_other() -> None:
    meeting = threading.Barrier(3)
    both = [Work(lambda: meeting.wait(30)) for _ in range(2)]
    meeting.wait(30)
    for work in both:
        work.join(30)
        assert work.is_over()


def test_a_forked_process_has_threads_of_its_own() -> None:
    in_thread()
    if (child := os.fork()) == 0:
        work = Work(lambda: None)
        work.join(30)
        os._exit(0 if work.is_over() else 1)
    assert os.waitpid(child, 0)[1] == 0
