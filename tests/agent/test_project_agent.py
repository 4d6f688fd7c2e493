"""``besom agent --project``: one agent for all sweeps of a project."""

import io
import threading
from collections.abc import Callable
from signal import Signals

import pytest
from agent_world import PATIENCE, World
from faulty_proxy import Fate, Fault, FaultyProxy

from besom.agent.output import Output
from besom.agent.pool import PoolLauncher, PoolSession
from besom.agent.programs import run_agent
from besom.client import blobs
from besom.client.code import snapshot, upload
from besom.client.connection import Connection
from besom.protocol import AgentPage, CodeSnapshot, EndedRun, NewSweep, NextRun, RunExit, Sweep, SweepCreated
from besom.sdk import spool
from waiting import until

TRAIN = """
import besom
with besom.init() as run:
    run.log({"loss": run.config["x"]})
"""
LASTING = """
import time
from pathlib import Path
import besom
with besom.init() as run:
    run.log({"loss": run.config["x"]})
    while not Path("enough").exists():
        time.sleep(0.02)
"""


def sweep(world: World, project: str, code: CodeSnapshot | None = None, **config: object) -> Sweep:
    """A grid of two points in a project of the test's own."""
    whole = {
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"x": {"values": [1, 2]}},
        "program": "train.py",
        **config,
    }
    path = f"/projects/{world.entity}/{project}/sweeps"
    return world.connection.request("POST", path, body=NewSweep(config=whole, code=code), reply=SweepCreated).sweep


def frozen_sweep(world: World, project: str) -> Sweep:
    """The same, of a program that the server keeps."""
    world.program(TRAIN)
    world.command(sweep(world, project), "stop")  # makes the project
    code = snapshot(world.folder, "train.py", frozen=True)
    upload(world.connection, world.entity, project, world.folder, code)
    return sweep(world, project, code)


def test_it_works_for_all_sweeps_of_the_project_the_most_urgent_first_and_leaves_when_none_runs(world: World) -> None:
    world.program(TRAIN)
    world.program(TRAIN.replace('["x"]', '["x"] * 10'), "other.py")
    first, urgent = sweep(world, "pool"), sweep(world, "pool", program="other.py", priority=3)
    agent = world.agent("--project=pool", "--exit-when-idle")
    assert agent.end() == 0, agent.output
    assert [(run.state, run.last) for run in world.runs(first)] == [("finished", 1), ("finished", 2)]
    assert [(run.state, run.last) for run in world.runs(urgent)] == [("finished", 10), ("finished", 20)]
    assert max(run.created for run in world.runs(urgent)) < min(run.created for run in world.runs(first))
    assert f"Agent for all sweeps of {world.entity}/pool, as no sweep was named: " in agent.output
    assert "No more runs: no sweep of the project is running" in agent.output
    assert {world.look(one).agent_count for one in (first, urgent)} == {0}


def test_it_waits_for_sweeps_that_come_later_and_its_slots_work_for_several(world: World) -> None:
    world.program(LASTING)
    over = sweep(world, "later")
    world.command(over, "stop")
    agent = world.agent("-p", f"{world.entity}/later", "--slots=2")
    agent.says("Waiting: no sweep of the project is running")
    agent.send(Signals.SIGSTOP)  # else its second slot, too, may get a run of the first sweep before there is another
    one, two = sweep(world, "later"), sweep(world, "later")
    agent.send(Signals.SIGCONT)
    until(lambda: [run.state for both in (one, two) for run in world.runs(both)] == ["running"] * 2, "a run of each")
    for both in (one, two):
        page = world.connection.request("GET", f"/sweeps/{both.id}/agents", reply=AgentPage)
        assert [(member.state, len(member.run_ids)) for member in page.agents] == [("running", 1)]
    (running,) = world.runs(two)
    world.stop(running)
    until(lambda: world.runs(two)[0].state == "killed", "the end of the stopped run")
    (world.folder / "enough").write_text("")
    until(lambda: {world.look(both).state for both in (one, two)} == {"FINISHED"}, "the end of both sweeps")
    until(lambda: all(run.state != "running" for both in (one, two) for run in world.runs(both)), "the last runs")
    agent.process.terminate()
    assert agent.end() == 143, agent.output


def test_a_sweep_whose_runs_fail_or_cannot_be_started_here_costs_the_others_nothing(world: World) -> None:
    world.program(TRAIN)
    world.program("raise SystemExit(3)", "broken.py")
    numbers = {"x": {"values": list(range(9))}}
    broken = sweep(world, "mixed", program="broken.py", priority=2, parameters=numbers)
    functions = sweep(world, "mixed", program=None, priority=1)
    good = sweep(world, "mixed")
    agent = world.agent("--project=mixed", "--exit-when-idle")
    assert agent.end() == 1, agent.output
    assert [run.state for run in world.runs(good)] == ["finished"] * 2
    assert {run.state for run in world.runs(broken)} == {"failed"}
    assert len(world.runs(broken)) < 9, "its limit for failures holds for each sweep"
    assert not world.runs(functions), "what it was given of it is free again"
    assert "names no program to run" in agent.output
    assert "No more runs of this sweep: " in agent.output


def test_a_run_of_a_sweep_that_it_takes_no_more_of_is_for_others_though_it_had_asked_before(world: World) -> None:
    world.program(LASTING + "raise SystemExit(3)")
    one = sweep(world, "refused", method="custom", controller={"type": "local"}, parameters={"x": {"min": 0, "max": 9}})
    world.queue(one, 1)
    agent = world.agent("--project=refused", "--slots=2", "--max-consecutive-failed-runs=1")
    until(lambda: [run.state for run in world.runs(one)] == ["running"], "its first run")
    agent.says("Waiting")
    (world.folder / "enough").write_text("")
    agent.says("No more runs of this sweep: ")
    late = world.queue(one, 2)
    world.agent(one, "--count=1")
    until(lambda: [run.state for run in world.runs(one)] == ["failed"] * 2, f"the end of both runs\n{agent.output}")
    assert late.name not in agent.output
    agent.send(Signals.SIGTERM)
    assert agent.end() == 143


def test_a_call_that_names_nothing_is_an_error(world: World) -> None:
    agent = world.agent("--count=1")
    assert agent.end() == 2
    assert "Name a SWEEP, or a project: --project NAME." in agent.output
    agent = world.agent("--project=nowhere")
    assert agent.end() == 1
    assert f"There is no project {world.entity}/nowhere." in agent.output
    agent = world.agent("--project=ann/nowhere", "--entity=bob")
    assert agent.end() == 1
    assert "Project ann/nowhere is not one of bob." in agent.output


def test_it_sends_what_was_left_here_of_its_project_alone(world: World) -> None:
    world.program("import besom, os; besom.init().log({'loss': 1}); os.kill(os.getpid(), 9)")
    runs = []
    for name in ("other", "mine"):  # the oldest is looked at first
        one = sweep(world, name)
        world.agent(f"{name}/{one.id}", "--count=1").end()
        runs.append(world.run(one).id)
        world.command(one, "stop")
    for done in world.folder.glob(f"besom/run-*/{spool.DONE_NAME}"):
        done.unlink()  # as if nothing had been sent
    told: list[bytes] = []
    with FaultyProxy(world.server.url, lambda _method, _path, body: told.append(body) or Fate()) as proxy:
        agent = world.agent("--project=mine", BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        until(lambda: any(runs[1].encode() in body for body in told), "a request for the run of its project")
        agent.send(Signals.SIGTERM)
        assert agent.end() == 143
    assert not any(runs[0].encode() in body for body in told)


def test_code_that_cannot_be_fetched_just_now_is_waited_for(
    in_this_process: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_this_process()
    monkeypatch.setattr(blobs, "PATIENCE_SECONDS", 0.0)
    asked: list[str] = []

    def away(_method: str, path: str, _body: bytes) -> Fate:
        asked.extend([path] if "/blobs/" in path else [])
        return Fate(Fault.DROP_REQUEST if "/blobs/" in path and len(asked) < 3 else Fault.NONE)

    with FaultyProxy(world.server.url, away) as proxy:
        one = frozen_sweep(world, "passing")
        connection = Connection(proxy.url, world.server.key)
        assert run_agent(None, connection=connection, project="passing", exit_when_idle=True) == 0
    assert len(asked) >= 3
    assert [run.state for run in world.runs(one)] == ["finished"] * 2


def test_ctrl_c_ends_it_while_it_fetches_code(world: World) -> None:
    one, asked, over = frozen_sweep(world, "slow"), threading.Event(), threading.Event()

    def hold(_method: str, path: str, _body: bytes) -> Fate:
        if "/blobs/" in path:
            asked.set()
            over.wait(PATIENCE)
        return Fate()

    with FaultyProxy(world.server.url, hold) as proxy:
        agent = world.agent("--project=slow", BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        assert asked.wait(PATIENCE)
        agent.send(Signals.SIGINT)
        assert agent.end() == 0, agent.output
        over.set()
    assert not world.runs(one), "what it was given is free again"


def test_a_run_that_is_prepared_without_the_server_does_not_say_that_it_answers(
    in_this_process: Callable[[], World],
) -> None:
    world, said = in_this_process(), io.StringIO()
    world.program(TRAIN)
    sweep(world, "quiet")
    output = Output(said)
    session = PoolSession(world.connection, (world.entity, "quiet"), output)
    session.join_project()
    run = session.next(0)
    assert isinstance(run, NextRun)
    output.server_away("No besom server answers.")  # the heartbeat's thread found that
    PoolLauncher(session, world.settings, world.folder, output).prepare(run)
    assert "answers again" not in said.getvalue()
    session.give_back(run)
    assert said.getvalue().count("answers again") == 1
    session.leave()


def test_what_it_knows_of_a_run_goes_with_the_run(in_this_process: Callable[[], World]) -> None:
    world = in_this_process()
    world.program(TRAIN)
    sweeps = [sweep(world, "short", priority=number) for number in (2, 1)]
    session = PoolSession(world.connection, (world.entity, "short"), Output())
    session.join_project()
    launcher = PoolLauncher(session, world.settings, world.folder, Output())
    runs = []
    for number in range(4):
        run = session.next(0, [run.run_id for run in runs])
        assert isinstance(run, NextRun)
        assert launcher.prepare(run).sweep.id == sweeps[number // 2].id
        runs.append(run)
    assert set(session.members) == {run.run_id for run in runs}
    first, *others = runs
    session.report(first.run_id, RunExit(exit_code=0))
    assert first.run_id not in session.members
    session.next(0, ended=[EndedRun(run_id=run.run_id, exit_code=0) for run in others])
    assert not session.members
    session.leave()
