"""Signals to the agent, and orders to stop from the server."""

from signal import Signals
from typing import Any

import pytest
from agent_world import Agent, World

from waiting import until

# Logs once, then waits for the file "go"; writes down the signals that it gets.
PATIENT = """
import os, signal, sys, time, besom
def note(number, frame):
    print(signal.Signals(number).name, file=open("signals", "a"))
    if number in DEADLY:
        run.finish(1)
        sys.exit(number)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, note)
run = besom.init()
run.log({"loss": 1})
open("ready", "w").close()
while not os.path.exists("go"):
    time.sleep(0.01)
run.finish()
"""
OBEDIENT = "import signal\nDEADLY = {signal.SIGTERM}\n" + PATIENT
DEAF = "DEADLY = ()\n" + PATIENT


class Scene:
    """An agent whose run is under way."""

    def __init__(self, world: World, program: str, *arguments: str, sweep: Any = None, **environment: str) -> None:
        self.world = world
        world.program(program)
        self.sweep = sweep or world.sweep()
        self.agent: Agent = world.agent(self.sweep, *arguments, **environment)
        until((world.folder / "ready").exists, f"the run began\n{self.agent.output}")

    def go(self) -> None:
        (self.world.folder / "go").touch()

    def received(self, *names: str) -> bool:
        path = self.world.folder / "signals"
        return path.exists() and path.read_text().split() == list(names)


def test_the_first_ctrl_c_lets_the_run_finish(world: World) -> None:
    scene = Scene(world, OBEDIENT)
    scene.agent.send(Signals.SIGINT)
    scene.agent.says("Ctrl-C again terminates it")
    scene.go()
    assert scene.agent.end() == 0
    assert world.run(scene.sweep).state == "finished"
    assert not (world.folder / "signals").exists()


def test_the_second_ctrl_c_terminates_the_run(world: World) -> None:
    scene = Scene(world, OBEDIENT)
    scene.agent.send(Signals.SIGINT)
    scene.agent.says("Ctrl-C again terminates it")
    scene.agent.send(Signals.SIGINT)
    assert scene.agent.end() == 0
    assert scene.received("SIGTERM")
    run = world.run(scene.sweep)
    assert (run.state, run.reason.split(" (")[0]) == ("killed", "Ctrl-C ended its agent")


def test_the_third_ctrl_c_kills_the_run(world: World) -> None:
    scene = Scene(world, DEAF)
    scene.agent.send(Signals.SIGINT)
    scene.agent.says("Ctrl-C again terminates it")
    scene.agent.send(Signals.SIGINT)
    until(lambda: scene.received("SIGTERM"))
    scene.agent.send(Signals.SIGINT)
    assert scene.agent.end() == 0
    assert world.run(scene.sweep).exit_code == -Signals.SIGKILL
    until(lambda: world.look(scene.sweep).agent_count == 0)


def test_ctrl_c_while_it_waits_for_work_ends_it_at_once(world: World) -> None:
    sweep = world.sweep()
    world.program("import besom; besom.init()")
    world.agent(sweep, "--count", "1").end()
    world.command(sweep, "pause")
    agent = world.agent(sweep)
    agent.says("Waiting")
    agent.send(Signals.SIGINT)
    assert agent.end() == 0
    assert world.look(sweep).agent_count == 0


def test_a_run_that_comes_after_ctrl_c_is_for_others_while_the_last_one_goes_on(world: World) -> None:
    sweep = world.sweep(method="custom", controller={"type": "local"})
    world.queue(sweep, 0.25)
    scene = Scene(world, OBEDIENT, "--slots=2", sweep=sweep)
    scene.agent.says("Waiting")  # for a run in its other slot
    scene.agent.send(Signals.SIGINT)
    scene.agent.says("Ctrl-C again terminates it")
    world.queue(sweep, 0.75)
    other = world.agent(sweep, "--count=1")
    until(lambda: [run.state for run in world.runs(sweep)] == ["running"] * 2, "the run begins with the other agent")
    first, late = world.runs(sweep)
    assert first.agent_id != late.agent_id
    scene.go()
    assert (scene.agent.end(), other.end()) == (0, 0)


def test_with_forward_signals_the_first_ctrl_c_reaches_the_run(world: World) -> None:
    scene = Scene(world, OBEDIENT, "--forward-signals")
    scene.agent.send(Signals.SIGINT)
    until(lambda: scene.received("SIGINT"))
    scene.go()
    assert scene.agent.end() == 0


def test_with_a_term_timeout_a_run_that_ignores_the_signal_is_killed(world: World) -> None:
    scene = Scene(world, DEAF, "--forward-signals", "--term-timeout", "0.1")
    scene.agent.send(Signals.SIGINT)
    assert scene.agent.end() == 0
    assert world.run(scene.sweep).exit_code == -Signals.SIGKILL


@pytest.mark.parametrize("number", [Signals.SIGTERM, Signals.SIGHUP])
def test_the_end_of_the_job_reaches_the_run_and_the_agent_leaves_in_order(world: World, number: Signals) -> None:
    scene = Scene(world, DEAF)
    scene.agent.send(number)
    until(lambda: scene.received(number.name))
    scene.go()
    assert scene.agent.end() == 128 + number
    assert world.run(scene.sweep).state == "finished"
    assert world.look(scene.sweep).agent_count == 0


def test_one_end_of_the_job_that_is_told_several_times_lets_the_run_end_by_itself(world: World) -> None:
    scene = Scene(world, DEAF)
    for _ in range(4):  # without a pause: what comes a second later is another step
        scene.agent.send(Signals.SIGTERM)
    until(lambda: scene.received("SIGTERM"))
    scene.go()
    assert scene.agent.end() == 128 + Signals.SIGTERM
    assert world.run(scene.sweep).state == "finished"


def test_user_signals_reach_the_run_and_end_nothing(world: World) -> None:
    scene = Scene(world, OBEDIENT, "--count", "1")
    scene.agent.send(Signals.SIGUSR1)
    until(lambda: scene.received("SIGUSR1"))
    scene.go()
    assert scene.agent.end() == 0


def test_a_stopped_run_gets_sigterm_and_the_agent_goes_on(world: World) -> None:
    scene = Scene(world, OBEDIENT, "--count", "2")
    (run,) = world.runs(scene.sweep)
    world.stop(run)
    until(lambda: scene.received("SIGTERM"))
    scene.go()
    assert scene.agent.end() == 0
    assert sorted(run.state for run in world.runs(scene.sweep)) == ["finished", "killed"]


def test_a_stopped_run_that_ignores_sigterm_is_killed_after_the_delay(world: World) -> None:
    scene = Scene(world, DEAF, "--count", "1", BESOM_AGENT_KILL_DELAY="1")
    world.stop(world.run(scene.sweep))
    assert scene.agent.end() == 0
    assert world.run(scene.sweep).exit_code == -Signals.SIGKILL
    assert "did not end in time" in scene.agent.output


def test_stopped_runs_are_no_failures(world: World) -> None:
    scene = Scene(world, OBEDIENT, "--count", "1", "--max-consecutive-failed-runs", "1")
    world.stop(world.run(scene.sweep))
    assert scene.agent.end() == 0


def test_cancelling_the_sweep_kills_the_run_and_ends_the_agent(world: World) -> None:
    scene = Scene(world, DEAF)
    world.command(scene.sweep, "cancel")
    assert scene.agent.end() == 0
    run = world.run(scene.sweep)
    assert (run.state, run.exit_code) == ("killed", -Signals.SIGKILL)


def test_stopping_the_sweep_lets_the_run_finish(world: World) -> None:
    scene = Scene(world, OBEDIENT)
    world.command(scene.sweep, "stop")
    scene.go()
    assert scene.agent.end() == 0
    assert world.run(scene.sweep).state == "finished"


def test_a_hopeless_run_is_stopped_early(world: World) -> None:
    world.program(
        """
        import besom, time
        run = besom.init()
        for step in range(100_000 if run.config["x"] == 4 else 3):
            run.log({"loss": run.config["x"]})
            time.sleep(0.02)
        """
    )
    sweep = world.sweep(
        method="grid",
        parameters={"x": {"values": [1, 2, 3, 4]}},
        metric={"name": "loss", "goal": "minimize"},
        early_terminate={"type": "hyperband", "min_iter": 2},
    )
    agent = world.agent(sweep)
    assert agent.end() == 0
    assert world.runs(sweep)[-1].state == "killed"
    assert f"Run {world.runs(sweep)[-1].name} is stopped: " in agent.output


def test_a_kill_delay_that_is_no_number_is_an_error(world: World) -> None:
    agent = world.agent(world.sweep(), BESOM_AGENT_KILL_DELAY="soon")
    assert agent.end() == 1
    assert "BESOM_AGENT_KILL_DELAY" in agent.output
    assert "soon" in agent.output
