"""Agents of the real client work through sweeps: alone and together, stopped early, canceled, preempted, controlled."""

import signal
from pathlib import Path

import pytest
from sweep_scenes import (
    SCENES,
    broken,
    canceled,
    capped,
    controlled,
    early,
    preempted,
    scheduled,
    signalled,
    together,
)
from wandb_user import WandbUser

from besom.client.connection import Connection
from waiting import until


@pytest.fixture(scope="module")
def scenes(server, tmp_path_factory):
    """All of them at work at the same time."""
    connection = Connection(server.url, server.key)
    started = {}
    try:
        for play in SCENES:
            user = WandbUser.at(tmp_path_factory.mktemp(play.__name__), server.url, server.key)
            started[play] = play(user, connection)
        yield started
    finally:
        for process in [process for scene in started.values() for process in scene.processes.values()]:
            process.kill()
            process.stdout.close()  # not read to its end: a program of a killed agent may still hold it
            process.wait()


def test_a_canceled_sweep_ends_its_agents_and_their_programs(scenes):
    scene = scenes[canceled]
    scene.sweep.until(lambda runs: bool(runs) and runs[0].steps > 0, "its run reports")
    scene.user.wandb("sweep", "--cancel", scene.sweep.path)
    scene.output("commands")
    (run,) = scene.sweep.runs()
    assert run.state == "killed"
    program = Path("/proc", (scene.user.folder / "pid").read_text())
    until(lambda: not program.exists(), "the end of its program")


def test_an_agent_that_is_told_to_end_passes_it_on_and_waits_for_its_run(scenes):
    scene = scenes[signalled]
    scene.sweep.until(lambda runs: bool(runs) and runs[0].steps > 0, "its run reports")
    scene.processes["commands"].send_signal(signal.SIGTERM)
    assert "SIGTERM received. Waiting for runs to end." in scene.output("commands")
    (run,) = scene.sweep.runs()
    assert (run.state, run.steps, run.summary["signal"]) == ("finished", 2, signal.SIGTERM)


def test_a_grid_is_worked_off_by_functions_and_commands_together(scenes):
    scene = scenes[together]
    assert "run.py a=" in scene.output("commands"), "the command of the configuration"
    scene.output("functions")
    runs, sweep = scene.sweep.runs(), scene.sweep.now()
    points = [(run.params["a"], run.params["nested"]["b"]) for run in runs]
    assert sorted(points) == [(a, b) for a in (1, 2) for b in "xy"]
    assert {(run.state, run.steps, run.exit_code) for run in runs} == {("finished", 3, 0)}
    assert all(run.config == run.params for run in runs), "what the sweep handed out is what the program had"
    assert (sweep.state, sweep.agent_count, sweep.best.value) == ("FINISHED", 0, 1 / 3)
    printed = scene.user.python(
        "import wandb\n"
        f"sweep = wandb.Api().sweep({scene.sweep.path!r})\n"
        "print(sweep.state, sweep.best_run().id, [agent.state for agent in sweep.agents()])\n"
        "print(sorted(run.id for agent in sweep.agents() for run in agent.runs()))"
    )
    told, worked = printed.strip().splitlines()[-2:]
    assert told == f"FINISHED {sweep.best.id} ['EXITED', 'EXITED']"
    assert worked == str(sorted(run.id for run in runs))


def test_early_stopping_ends_functions_and_commands(scenes):
    scene = scenes[early]
    assert "KeyboardInterrupt" in scene.output("commands"), "its program has ended by itself"
    scene.output("functions")
    stopped = scene.sweep.runs()[3:]
    assert [run.state for run in stopped] == ["killed", "killed"]
    assert {run.stopped.rule for run in stopped} == {"hyperband"}
    assert all(run.steps >= 3 for run in stopped)


def test_an_agent_whose_programs_die_at_once_gives_up(scenes):
    scene = scenes[broken]
    assert "Detected 3 failed runs" in scene.output("commands")
    *earlier, last = scene.sweep.runs()
    assert len(earlier) < 3, "a run that never reached its agent would be given to it again"
    assert {run.state for run in earlier} <= {"failed"}
    assert last.state in ("failed", "pending", "crashed"), "crashed once its agent is missed"


def test_bayes_hands_out_as_many_runs_as_its_cap_allows(scenes):
    scene = scenes[capped]
    scene.output("functions")
    assert [run.state for run in scene.sweep.runs()] == ["finished"] * 3
    assert scene.sweep.now().state == "FINISHED"


def test_a_preempted_run_is_gone_on_with(scenes):
    scene = scenes[preempted]
    scene.output("commands")
    (run,) = scene.sweep.runs()
    assert (run.state, run.steps) == ("finished", 2)


def test_the_local_controller_of_the_client_chooses_the_runs(scenes):
    scene = scenes[controlled]
    printed = scene.output("controller")
    scene.output("functions")
    assert "Schedule (a=1)" in printed
    assert "Schedule (a=2)" in printed
    assert [(run.params, run.state) for run in scene.sweep.runs()] == [({"a": 1}, "finished"), ({"a": 2}, "finished")]
    assert scene.sweep.now().state_reason == "its controller has no more runs for it"


def test_the_local_scheduler_of_the_client_chooses_the_runs(scenes):
    scene = scenes[scheduled]
    assert "the sweep is FINISHED" in scene.output("scheduler")
    scene.output("functions")
    states = [run.state for run in scene.sweep.runs()]
    assert states.count("finished") == 2
    assert set(states) <= {"finished", "killed"}, "what it queued too much has ended with the sweep"
