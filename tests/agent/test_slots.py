"""Which runs go on side by side, with which GPUs."""

from pathlib import Path
from signal import Signals
from typing import Any

import pytest
from agent_world import World

from besom.agent.slots import read_slots
from besom.errors import UsageError
from besom.protocol import AgentPage, Sweep
from waiting import until

FOUR = {"CUDA_VISIBLE_DEVICES": "4,5,6,7"}


def groups(environ: dict[str, str] | None = None, here: int = 0, **arguments: Any) -> list[tuple[str, ...] | None]:
    slots = read_slots(environ or {}, here=lambda: [str(number) for number in range(here)], **arguments)
    assert [slot.number for slot in slots] == list(range(len(slots)))
    return [slot.gpus for slot in slots]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [None]),
        ({"slots": 3}, [None, None, None]),
        ({"devices": "0,1,3"}, [("0",), ("1",), ("3",)]),
        ({"devices": [0, 1]}, [("0",), ("1",)]),
        ({"devices": "3,"}, [("3",)]),
        ({"devices": "GPU-8f3a,MIG-12/0/1"}, [("GPU-8f3a",), ("MIG-12/0/1",)]),
        ({"devices": "0,1,2,3", "per_run": 2}, [("0", "1"), ("2", "3")]),
        ({"devices": "0,1", "slots": 4}, [("0",), ("1",), ("0",), ("1",)]),
    ],
)
def test_gpus_are_shared_out(arguments: dict[str, Any], expected: list[Any]) -> None:
    assert groups(**arguments) == expected


@pytest.mark.parametrize("devices", ["all", "4", 4])
def test_all_and_a_number_mean_the_gpus_that_can_be_seen(devices: str | int) -> None:
    assert groups(FOUR, devices=devices) == [("4",), ("5",), ("6",), ("7",)]
    assert groups({}, here=4, devices=devices) == [("0",), ("1",), ("2",), ("3",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"slots": 0}, "slots is 0"),
        ({"per_run": 2}, "no GPUs are given"),
        ({"devices": "all"}, "No GPU can be seen"),
        ({"devices": "0,one"}, "'one' is no GPU"),
        ({"devices": "0,0"}, "named twice"),
        ({"devices": ","}, "names none"),
        ({"devices": "0,1,2", "per_run": 2}, "cannot be divided by 2"),
        ({"devices": "0,1", "per_run": 3}, "gpus_per_run is 3, of 2 GPUs"),
    ],
)
def test_what_cannot_be_shared_out_is_an_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        groups(**arguments)


def test_more_gpus_than_there_are_is_an_error() -> None:
    with pytest.raises(UsageError, match="There are 4 GPUs"):
        groups(FOUR, devices=5)


# Waits until as many programs as given are here at the same time.
TOGETHER = """
import glob, os, sys, time, besom
run = besom.init()
open(f"here-{run.id}", "w").write(os.environ.get("CUDA_VISIBLE_DEVICES", "") + os.environ["BESOM_AGENT_SLOT"])
while len(glob.glob("here-*")) < NUMBER:
    time.sleep(0.01)
"""
WAIT = """
import os, time, besom
run = besom.init()
open(f"here-{run.id}", "w").write(str(os.getpid()))
time.sleep(600)
"""


def grid(size: int) -> dict[str, Any]:
    return {"method": "grid", "parameters": {"x": {"values": list(range(size))}}}


def here(world: World, number: int) -> list[str]:
    """What so many programs wrote when they were there."""
    until(lambda: len([path for path in world.folder.glob("here-*") if path.read_text()]) == number)
    return sorted(path.read_text() for path in world.folder.glob("here-*"))


def agents(world: World, sweep: Sweep) -> AgentPage:
    return world.connection.request("GET", f"/sweeps/{sweep.id}/agents", reply=AgentPage)


def test_runs_go_on_side_by_side_in_one_agent_with_the_gpus_of_their_slots(world: World) -> None:
    world.program(TOGETHER.replace("NUMBER", "3"))
    sweep = world.sweep(**grid(3))
    agent = world.agent(sweep, "--gpus", "0,2,5")
    assert agent.end() == 0, agent.output
    assert here(world, 3) == ["00", "21", "52"]
    assert [run.state for run in world.runs(sweep)] == ["finished"] * 3
    (about,) = agents(world, sweep).agents
    assert (about.slots, about.gpus, about.run_count) == (3, ["0", "2", "5"], 3)


def test_count_is_of_all_slots_together(world: World) -> None:
    world.program(TOGETHER.replace("NUMBER", "1"))
    sweep = world.sweep()
    agent = world.agent(sweep, "--slots", "3", "--count", "5")
    assert agent.end() == 0, agent.output
    assert len(world.runs(sweep)) == 5


def test_a_grid_is_walked_once(world: World) -> None:
    world.program(TOGETHER.replace("NUMBER", "1"))
    sweep = world.sweep(**grid(12))
    assert world.agent(sweep, "--slots", "4").end() == 0
    assert sorted(run.params["x"] for run in world.runs(sweep)) == list(range(12))


def test_what_runs_print_begins_with_their_names(world: World) -> None:
    world.program(
        TOGETHER.replace("NUMBER", "2") + "print('on out')\nfor n in range(3): print('\\r', n, end='', file=sys.stderr)"
    )
    sweep = world.sweep(**grid(2))
    agent = world.agent(sweep, "--slots", "2")
    agent.end()
    for run in world.runs(sweep):
        assert f"{run.name} | on out\n" in agent.output
        assert f"{run.name} |  2\n" in agent.output


def test_ctrl_c_twice_terminates_all_runs(world: World) -> None:
    world.program(WAIT)
    sweep = world.sweep()
    agent = world.agent(sweep, "--slots", "3")
    here(world, 3)
    agent.send(Signals.SIGINT)
    agent.says("the current runs may finish. Ctrl-C again terminates them")
    agent.send(Signals.SIGINT)
    assert agent.end() == 0, agent.output
    assert [run.state for run in world.runs(sweep)] == ["killed"] * 3


def test_one_run_of_several_can_be_stopped(world: World) -> None:
    world.program(WAIT)
    sweep = world.sweep(**grid(2))
    agent = world.agent(sweep, "--slots", "2")
    here(world, 2)
    first, second = world.runs(sweep)
    world.stop(first)
    agent.says(f"Run {first.name} killed")
    assert world.runs(sweep)[1].state == "running"
    world.stop(second)
    assert agent.end() == 0


def test_a_killed_agent_leaves_no_process_in_any_slot(world: World) -> None:
    world.program(WAIT)
    agent = world.agent(world.sweep(), "--slots", "3")
    pids = here(world, 3)
    agent.send(Signals.SIGKILL)
    for pid in pids:
        until(lambda pid=pid: not Path(f"/proc/{pid}").exists())


def test_too_many_failures_end_it_and_let_the_other_slots_finish(world: World) -> None:
    world.program(
        """
        import os, time, besom
        run = besom.init()
        if run.config["x"] > 0:
            raise SystemExit(1)
        while not os.path.exists("go"):
            time.sleep(0.01)
        """
    )
    sweep = world.sweep(**grid(50))
    agent = world.agent(sweep, "--slots", "2")
    until(lambda: agent.output.count(" failed after ") == 3)  # the server knows it before the agent
    (world.folder / "go").touch()
    assert agent.end() == 1
    assert "BESOM_AGENT_DISABLE_FLAPPING" in agent.output
    assert world.runs(sweep)[0].state == "finished"
    assert len(world.runs(sweep)) == 4
