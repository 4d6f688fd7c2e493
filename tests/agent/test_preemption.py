"""Runs whose machine is taken away: they are queued again and go on as the same run."""

import time
from signal import Signals

import pytest
from agent_world import World
from faulty_proxy import Fate, Fault, FaultyProxy

from waiting import until

# Marks itself when told to end, as scripts for preemptible machines do; goes on where it was.
TRAIN = """
import os, signal, sys, time, besom
def leave(number, frame):
    run.mark_preempting()
    sys.exit(1)
signal.signal(signal.SIGTERM, leave)
run = besom.init()
run.log({"resumed": int(run.resumed), "word": int(os.environ.get("WANDB_RESUME") == "allow")})
open("ready", "w").close()
while not run.resumed:
    time.sleep(0.01)
"""


def test_a_preempted_run_is_handed_out_again_first_and_goes_on_as_the_same_run(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    taken = world.agent(sweep)
    until((world.folder / "ready").exists, "the run began")
    taken.send(Signals.SIGTERM)
    assert taken.end() == 128 + Signals.SIGTERM
    run = world.run(sweep)
    assert run.state == "preempted", run.reason
    other = world.agent(sweep, "--count", "1")
    assert other.end() == 0, other.output
    assert "goes on: it was preempted" in other.output
    again = world.run(sweep)
    assert (again.id, again.state) == (run.id, "finished")
    assert [(row["resumed"], row["word"]) for row in world.history(again)] == [(0, 0), (1, 1)]


# The first run ends as one that is preempted; the other one ends when somebody says so.
TWO = """
import sys, time, besom
from pathlib import Path
run = besom.init()
if run.config["x"] == 1 and not run.resumed:
    run.mark_preempting()
    sys.exit(1)
while not Path("go").exists():
    time.sleep(0.01)
"""


@pytest.mark.parametrize("kind", ["sweep", "pool"])
def test_a_run_comes_back_to_an_agent_once_that_has_heard_that_its_end_was_taken(own_world: World, kind: str) -> None:
    """Or it would tell of that end once more, and end the run that it has got anew."""
    world = own_world
    world.program(TWO)
    sweep = world.sweep(method="grid", parameters={"x": {"values": [1, 2]}})
    states: list[str] = []

    def decide(_method: str, path: str, _body: bytes) -> Fate:
        return Fate(Fault.DROP_ANSWER, answered=meanwhile) if path.endswith("/exit") and not states else Fate()

    def meanwhile() -> None:
        preempted, other = world.runs(sweep)
        (world.folder / "go").touch()  # and the other slot asks for a run
        until(lambda: world.look(sweep).runs_by_state.get("finished"), f"the end of {other.name}")
        time.sleep(0.7)
        states.append(next(run.state for run in world.runs(sweep) if run.id == preempted.id))

    asks = [sweep.id] if kind == "sweep" else [f"--project={sweep.project}", "--exit-when-idle"]
    with FaultyProxy(world.server.url, decide) as proxy:
        agent = world.agent(*asks, "--slots", "2", BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        assert agent.end() == 0, agent.output
    assert states == ["preempted"]
    assert [run.state for run in world.runs(sweep)] == ["finished", "finished"]
