"""``besom.agent(ID, function)``: the function is called here, in this process."""

import cProfile
import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_world import PATIENCE, World

import besom
from besom.client.connection import Connection
from besom.errors import NotFound, UsageError
from besom.protocol import Sweep
from besom.sdk import sender
from waiting import until

GRID = {"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}, "program": None}


@pytest.fixture
def world_here(in_this_process: Callable[[], World]) -> World:
    return in_this_process()


def train() -> None:
    with besom.init() as run:
        run.log({"loss": run.config["x"]})


def stop_when_ready(world: World, sweep: Sweep, ready: threading.Event) -> threading.Thread:
    """Presses the stop button once the run is under way."""

    def press() -> None:
        assert ready.wait(PATIENCE)
        world.stop(world.runs(sweep)[0])

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_the_function_is_called_for_each_run(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, train)
    assert [(run.state, run.summary["loss"]) for run in world_here.runs(sweep)] == [
        ("finished", 1),
        ("finished", 2),
        ("finished", 3),
    ]


def test_count_and_the_usual_keyword(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, function=train, count=2)
    assert len(world_here.runs(sweep)) == 2


@pytest.mark.parametrize("form", [lambda: functools.partial(log, 5), lambda: lambda: log(5)], ids=["partial", "lambda"])
def test_anything_that_can_be_called(world_here: World, form: Callable[[], Callable[[], None]]) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, form(), count=1)
    assert world_here.run(sweep).summary["loss"] == 5


def log(value: int) -> None:
    besom.init()
    besom.log({"loss": value})


def test_a_run_that_the_function_leaves_open_is_finished(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, lambda: log(1), count=1)
    assert world_here.run(sweep).state == "finished"
    assert besom.run is None


def test_runs_that_the_function_began_side_by_side_are_finished_too(world_here: World) -> None:
    def folds() -> None:
        with besom.init():
            for fold in range(2):
                besom.init(project="folds", reinit="create_new", id=f"fold-{fold}").log({"fold": fold})

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, folds, count=1)
    assert world_here.run(sweep).state == "finished"
    folds_of = besom.Api().runs("folds", order="created_at")
    assert [(run.id, run.state, run.summary["fold"]) for run in folds_of] == [
        ("fold-0", "finished", 0),
        ("fold-1", "finished", 1),
    ]


def test_an_exception_fails_the_run_with_its_message_and_the_next_one_comes(
    world_here: World, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail_once() -> None:
        with besom.init() as run:
            if run.config["x"] == 1:
                raise ValueError("no such layer")

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, fail_once)
    runs = world_here.runs(sweep)
    assert [run.state for run in runs] == ["failed", "finished", "finished"]
    assert "ValueError: no such layer" in runs[0].reason
    assert 'raise ValueError("no such layer")' in capsys.readouterr().err


def test_a_function_that_never_calls_init_fails_its_run_with_that_reason(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, lambda: None, count=1)
    run = world_here.run(sweep)
    assert run.state == "failed"
    assert "never called init" in run.reason


def test_sys_exit_ends_the_run_and_not_the_agent(world_here: World) -> None:
    def leave() -> None:
        besom.init()
        raise SystemExit(4)

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, leave, count=2)
    assert [(run.state, run.exit_code) for run in world_here.runs(sweep)] == [("failed", 4), ("failed", 4)]


def test_a_stopped_run_ends_in_the_middle_of_a_sleep_and_the_next_one_comes(world_here: World) -> None:
    ready, ends = threading.Event(), []

    def sleep() -> None:
        run = besom.init()
        if run.config["x"] == 1:
            ready.set()
            try:
                time.sleep(600)
            except Exception:
                ends.append("swallowed")

    sweep = world_here.sweep(**GRID)
    button = stop_when_ready(world_here, sweep, ready)
    besom.agent(sweep.id, sleep, count=2)
    button.join()
    assert [run.state for run in world_here.runs(sweep)] == ["killed", "finished"]
    assert not ends


def test_a_stopped_run_ends_in_another_thread_too(world_here: World) -> None:
    ready = threading.Event()

    def spin() -> None:
        besom.init()
        ready.set()
        while True:
            time.sleep(0.001)

    sweep = world_here.sweep(**GRID)
    button = stop_when_ready(world_here, sweep, ready)
    agent = threading.Thread(target=besom.agent, args=(sweep.id, spin), kwargs={"count": 1})
    agent.start()
    agent.join(PATIENCE)
    button.join()
    assert not agent.is_alive()
    assert world_here.run(sweep).state == "killed"


def test_ctrl_c_ends_the_run_as_killed_and_the_agent(world_here: World) -> None:
    def interrupted() -> None:
        besom.init()
        raise KeyboardInterrupt

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, interrupted)
    assert world_here.run(sweep).state == "killed"
    until(lambda: world_here.look(sweep).agent_count == 0)


def test_sigterm_ends_the_run_as_killed_and_the_agent_and_its_program(world_here: World) -> None:
    def terminated() -> None:
        run = besom.init()
        run.on_finish(lambda: os.kill(os.getpid(), signal.SIGTERM))  # schedulers tell a process, its group, ...
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(600)

    sweep = world_here.sweep(**GRID)
    with pytest.raises(SystemExit) as end:
        besom.agent(sweep.id, terminated)
    assert end.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    run = world_here.run(sweep)
    assert (run.state, run.exit_code) == ("killed", -signal.SIGTERM)
    assert "SIGTERM ended its agent" in run.reason
    assert world_here.look(sweep).agent_count == 0


def test_a_second_agent_in_the_same_process_is_refused(world_here: World) -> None:
    refusals: list[str] = []

    def train_and_start_another() -> None:
        train()
        with pytest.raises(UsageError) as refusal:
            besom.agent(sweep.id, train)
        refusals.append(str(refusal.value))

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, train_and_start_another, count=1)
    assert "a process of its own" in refusals[0]
    assert world_here.run(sweep).state == "finished"


def train_when_two_are_here() -> None:
    Path(f"here-{os.getpid()}").touch()
    until(lambda: len(list(Path().glob("here-*"))) == 2)
    train()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_agents_in_processes_share_a_sweep(world_here: World, method: str) -> None:
    sweep = world_here.sweep(**GRID | {"parameters": {"x": {"values": list(range(6))}}})
    context = multiprocessing.get_context(method)
    processes = [context.Process(target=besom.agent, args=(sweep.id, train_when_two_are_here)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted((run.summary["loss"], run.state) for run in world_here.runs(sweep)) == [
        (x, "finished") for x in range(6)
    ]


def test_failures_in_a_row_end_the_agent(world_here: World) -> None:
    def fail() -> None:
        besom.init()
        raise ValueError

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, fail, max_consecutive_failed_runs=2)
    assert len(world_here.runs(sweep)) == 2


def test_a_later_init_in_the_function_begins_a_run_outside_the_sweep(world_here: World) -> None:
    seen: list[Any] = []

    def folds() -> None:
        for _ in range(2):
            with besom.init() as run:
                seen.append(run.sweep_id)

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, folds, count=1)
    assert seen == [sweep.id, None]
    assert world_here.run(sweep).state == "finished"


def test_the_surroundings_are_as_before(world_here: World) -> None:
    before = dict(os.environ)
    inside: dict[str, str] = {}
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, lambda: inside.update(os.environ), count=1)
    assert inside["WANDB_SWEEP_ID"] == sweep.id
    assert dict(os.environ) == before


def test_something_that_cannot_be_called_is_a_type_error(world_here: World) -> None:
    with pytest.raises(TypeError, match="without arguments"):
        besom.agent("abc", function="train")  # type: ignore[arg-type]


def test_an_unknown_sweep_is_an_error(world_here: World) -> None:
    with pytest.raises(NotFound):
        besom.agent("nosuchid", train)


def test_without_a_function_the_program_is_run(world_here: World) -> None:
    world_here.program("import besom; besom.init()")
    sweep = world_here.sweep()
    besom.agent(sweep.id, count=1)
    assert world_here.run(sweep).state == "finished"


@pytest.mark.parametrize("count", [-1, "5", 2.5])
def test_a_count_that_is_no_number_of_runs_is_an_error(world_here: World, count: Any) -> None:
    with pytest.raises(UsageError, match=f"count is {count!r}"):
        besom.agent("abc", train, count=count)


@pytest.mark.parametrize("sweep_id", [None, ""])
def test_no_sweep_at_all_is_an_error_that_says_what_to_give(sweep_id: Any) -> None:
    with pytest.raises(UsageError, match="Give the id"):
        besom.agent(sweep_id, train)


def test_a_late_agent_has_nothing_to_do_and_says_so(world_here: World, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, train)
    besom.agent(sweep.id, train)
    assert len(world_here.runs(sweep)) == 3
    assert "No more runs: the sweep is FINISHED" in capsys.readouterr().err


def test_functions_that_keep_failing_end_the_agent_with_the_rule_named(
    world_here: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        besom.init()
        raise ValueError

    monkeypatch.setenv("WANDB_AGENT_DISABLE_FLAPPING", "true")
    monkeypatch.setenv("WANDB_AGENT_MAX_INITIAL_FAILURES", "2")
    sweep = world_here.sweep(**GRID | {"parameters": {"x": {"values": list(range(9))}}})
    besom.agent(sweep.id, fail)
    assert len(world_here.runs(sweep)) == 3, "more than two"
    assert "BESOM_AGENT_MAX_INITIAL_FAILURES" in capsys.readouterr().err


def test_a_function_can_be_profiled(world_here: World) -> None:
    sweep = world_here.sweep(**GRID)
    profile = cProfile.Profile()
    profile.runcall(besom.agent, sweep.id, train, count=2)
    assert len(world_here.runs(sweep)) == 2


def test_a_run_takes_two_requests(world_here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    request = Connection.request

    def noted(self: Connection, method: str, path: str, **options: Any) -> Any:
        if "heartbeat" not in path:
            asked.append(path.rpartition("/")[2])
        return request(self, method, path, **options)

    monkeypatch.setattr(Connection, "request", noted)
    monkeypatch.setattr(sender, "FIRST_PAUSE", 60.0)  # what a run logs is sent at its end, however slow the machine is
    sweep = world_here.sweep(method="random", parameters={"x": {"min": 0.0, "max": 1.0}})
    besom.agent(sweep.id, train, count=4)
    assert [run.state for run in world_here.runs(sweep)] == ["finished"] * 4
    # Files of the first run are sent in between.
    assert any(asked[place : place + 3] == ["next", "stream", "next"] for place in range(len(asked))), asked


def test_name_and_address_of_a_run_are_known_before_its_first_value_is_sent(world_here: World) -> None:
    seen = []

    def look() -> None:
        with besom.init() as run:
            seen.append((run.id, run.name, run.url, run.entity, run.project))

    sweep = world_here.sweep(**GRID)
    besom.agent(sweep.id, look, count=1)
    (run,) = world_here.runs(sweep)
    assert seen == [(run.id, run.name, run.url, run.entity, run.project)]
