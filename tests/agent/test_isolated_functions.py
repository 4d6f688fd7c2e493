"""``besom.agent(ID, function, isolate=True)``: each call is a process of its own."""

import functools
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from agent_world import World

import besom
from besom.errors import UsageError
from waiting import until

GRID = {"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}, "program": None}


@pytest.fixture
def world_here(in_this_process: Callable[[], World]) -> World:
    return in_this_process()


def test_each_call_has_a_process_of_its_own_and_what_surrounds_the_function(world_here: World) -> None:
    factor, parent = 10, os.getpid()

    def train() -> None:
        with besom.init() as run:
            run.log({"loss": factor * run.config["x"], "pid": os.getpid(), "parent": os.getppid()})

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, train, isolate=True)
    runs = world_here.runs(sweep)
    assert [(run.state, run.summary["loss"]) for run in runs] == [("finished", x) for x in (10, 20, 30)]
    assert len({run.summary["pid"] for run in runs} | {parent}) == 4
    assert {run.summary["parent"] for run in runs} == {parent}


def log(value: int) -> None:
    besom.init()
    besom.log({"loss": value})


@pytest.mark.parametrize("form", [lambda: functools.partial(log, 5), lambda: lambda: log(5)], ids=["partial", "lambda"])
def test_anything_that_can_be_called_and_a_run_that_it_leaves_open(
    world_here: World, form: Callable[[], Callable[[], None]]
) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, form(), count=1, isolate=True)
    run = world_here.run(sweep)
    assert (run.state, run.summary["loss"]) == ("finished", 5)


def test_output_is_visible_and_an_exception_is_the_runs_reason(
    world_here: World, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        besom.init()
        print("before the fault")
        raise ValueError("no such layer", "\udcff")  # as in a file's name

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, fail, count=1, isolate=True)
    run = world_here.run(sweep)
    assert (run.state, run.exit_code) == ("failed", 1)
    assert r"ValueError: ('no such layer', '\udcff')" in run.reason
    printed = capfd.readouterr()
    assert "before the fault" in printed.out
    assert 'raise ValueError("no such layer"' in printed.err
    assert "isolation.py" not in printed.err


def test_a_function_that_never_calls_init_fails_its_run_with_that_reason(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, lambda: None, count=1, isolate=True)
    assert "never called init" in world_here.run(sweep).reason


def test_sys_exit_is_the_runs_exit_code(world_here: World) -> None:
    def leave() -> None:
        besom.init()
        raise SystemExit(4)

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, leave, count=1, isolate=True)
    assert (world_here.run(sweep).state, world_here.run(sweep).exit_code) == ("failed", 4)


def wait() -> None:
    besom.init()
    Path(f"here-{os.getpid()}").touch()
    time.sleep(600)


def test_a_stopped_run_gets_sigterm_and_the_next_one_comes(world_here: World) -> None:
    def wait_first() -> None:
        if int(besom.init().config["x"]) == 1:
            wait()

    def press() -> None:
        until(lambda: list(Path().glob("here-*")))
        world_here.stop(world_here.runs(sweep)[0])

    sweep = world_here.sweep(**GRID)
    button = threading.Thread(target=press)
    button.start()
    besom.agent(sweep.id, wait_first, count=2, isolate=True)
    button.join()
    assert [run.state for run in world_here.runs(sweep)] == ["killed", "finished"]


def test_sigterm_reaches_the_function_and_ends_the_agent_and_its_program(world_here: World) -> None:
    def tell() -> None:
        until(lambda: list(Path().glob("here-*")))
        os.kill(os.getpid(), signal.SIGTERM)

    sweep = world_here.sweep(**GRID)
    teller = threading.Thread(target=tell)
    teller.start()
    with pytest.raises(SystemExit) as end:
        besom.agent(sweep.id, wait, isolate=True)
    teller.join()
    assert end.value.code == 128 + signal.SIGTERM
    assert (world_here.run(sweep).state, world_here.run(sweep).exit_code) == ("killed", -signal.SIGTERM)


def test_calls_go_on_side_by_side_in_slots(world_here: World) -> None:
    def together() -> None:
        with besom.init() as run:
            Path(f"here-{run.id}").touch()
            until(lambda: len(list(Path().glob("here-*"))) == 3)
            run.log({"gpu": int(os.environ["CUDA_VISIBLE_DEVICES"])})

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, together, isolate=True, gpus=[0, 1, 2])
    assert sorted(run.summary["gpu"] for run in world_here.runs(sweep)) == [0, 1, 2]


def test_a_function_that_cannot_travel_is_an_error_that_says_what_to_do(world_here: World) -> None:
    lock = threading.Lock()
    with pytest.raises(UsageError, match="belong inside it"):
        besom.agent(world_here.sweep(**GRID).id, lock.acquire, isolate=True)


def test_isolation_and_slots_where_they_make_no_sense_are_errors(world_here: World) -> None:
    with pytest.raises(UsageError, match="for functions"):
        besom.agent("abc", isolate=True)
    with pytest.raises(UsageError, match="isolate=True"):
        besom.agent("abc", wait, slots=2)
