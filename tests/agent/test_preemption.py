"""Runs whose machine is taken away: they are queued again and go on as the same run."""

from signal import Signals

from agent_world import World, until

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
