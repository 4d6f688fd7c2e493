"""Runs whose machine is taken away: they are queued again and go on as the same run."""

import time
from signal import Signals

from agent_world import World, until
from faulty_proxy import Fate, FaultyProxy

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


def test_a_run_may_come_back_to_an_agent_that_has_not_heard_yet_that_its_end_was_taken(world: World) -> None:
    world.program(TWO)
    sweep = world.sweep(method="grid", parameters={"x": {"values": [1, 2]}})
    handed_out_again: list[str] = []

    def decide(_method: str, path: str, _body: bytes) -> Fate:
        return Fate(answered=meanwhile) if path.endswith("/exit") and not handed_out_again else Fate()

    def meanwhile() -> None:
        (world.folder / "go").touch()  # and the other slot asks for a run
        until(lambda: next(run for run in world.runs(sweep) if run.config["x"] == 1).state != "preempted", "a hand-out")
        handed_out_again.append("yes")
        time.sleep(0.2)

    with FaultyProxy(world.server.url, decide) as proxy:
        agent = world.agent(sweep, "--slots", "2", BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        assert agent.end() == 0, agent.output
    assert handed_out_again
    assert [run.state for run in world.runs(sweep)] == ["finished", "finished"]
    assert agent.output.index("preempted after") < agent.output.index("goes on: it was preempted")
