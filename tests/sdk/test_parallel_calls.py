from __future__ import annotations

import threading

import pytest

from besom.sdk.parallel import WORKERS, in_parallel


@pytest.mark.parametrize("count", [0, 1, 3, 100])
def test_each_item_is_taken_once(count: int) -> None:
    taken: list[int] = []
    in_parallel(taken.append, range(count))
    assert sorted(taken) == list(range(count))


def test_several_calls_run_at_a_time() -> None:
    all_there = threading.Barrier(WORKERS)
    in_parallel(lambda _: all_there.wait(30), range(WORKERS))  # breaks, and raises, unless they meet


def test_a_failure_is_raised_and_no_further_call_begins() -> None:
    taken: list[int] = []

    def call(item: int) -> None:
        taken.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match=r"^[0-9]+$"):
        in_parallel(call, range(100))
    assert len(taken) <= WORKERS
