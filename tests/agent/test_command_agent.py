"""``besom agent`` for programs: what it starts, what it tells the server, when it ends."""

import json

import pytest
from agent_world import World

from besom.protocol import Run
from waiting import until

TRAIN = """
import besom
with besom.init() as run:
    run.log({"loss": run.config["x"]})
"""
GRID = {"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}, "metric": {"name": "loss", "goal": "minimize"}}


def test_it_runs_the_program_until_the_sweep_ends(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep(**GRID)
    agent = world.agent(sweep)
    assert agent.end() == 0, agent.output
    runs = world.runs(sweep)
    assert [(run.state, run.config["x"], run.last) for run in runs] == [("finished", x, x) for x in (1, 2, 3)]
    assert world.look(sweep).state == "FINISHED"
    assert "after 3 runs: 3 finished" in agent.output
    assert "with loss = 1." in agent.output


def test_the_program_gets_its_values_as_arguments(world: World) -> None:
    world.program("import sys, json; json.dump(sys.argv[1:], open('arguments.json', 'w'))")
    world.agent(world.sweep(method="grid", parameters={"lr": {"value": 0.1}, "s": {"values": ["one two"]}})).end()
    assert json.loads((world.folder / "arguments.json").read_text()) == ["--lr=0.1", "--s=one two"]


def test_the_file_with_all_values_is_there(world: World) -> None:
    world.program("import sys, shutil; shutil.copy(sys.argv[1], 'values.json')")
    command = ["${interpreter}", "${program}", "${args_json_file}"]
    world.agent(world.sweep(method="grid", parameters={"lr": {"values": [0.5]}}, command=command)).end()
    assert json.loads((world.folder / "values.json").read_text()) == {"lr": 0.5}


def test_it_leaves_after_count_runs(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "2").end() == 0
    assert [run.state for run in world.runs(sweep)] == ["finished", "finished"]
    assert world.look(sweep).state == "RUNNING"
    assert world.look(sweep).agent_count == 0


def test_failed_runs_count_too(world: World) -> None:
    world.program("raise SystemExit(3)")
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "2").end() == 0
    assert [(run.state, run.exit_code) for run in world.runs(sweep)] == [("failed", 3), ("failed", 3)]


@pytest.mark.parametrize("form", ["{0.id}", "{0.project}/{0.id}", "{0.entity}/{0.project}/{0.id}", "{0.url}"])
def test_forms_of_a_sweeps_path(world: World, form: str) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    agent = world.agent(form.format(sweep), "--count", "1")
    assert agent.end() == 0, agent.output


@pytest.mark.parametrize(
    ("path", "expected"),
    [("nosuchid", "nosuchid"), ("a/b/c/d", "project/id"), ("/", "project/id")],
)
def test_a_sweep_that_is_not_there_is_an_error(world: World, path: str, expected: str) -> None:
    agent = world.agent(path)
    assert agent.end() != 0
    assert expected in agent.output
    assert "Traceback" not in agent.output


def test_a_path_with_another_project_is_an_error_that_names_the_right_one(world: World) -> None:
    sweep = world.sweep()
    agent = world.agent(f"elsewhere/{sweep.id}")
    assert agent.end() == 1
    assert f"{sweep.entity}/{sweep.project}/{sweep.id}" in agent.output


def test_an_agent_that_comes_after_the_end_has_nothing_to_do_and_says_so(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep(**GRID)
    world.agent(sweep).end()
    late = world.agent(sweep)
    assert late.end() == 0
    assert "No more runs: the sweep is FINISHED" in late.output
    assert "besom sweep --resume" in late.output


def test_a_canceled_sweep_is_refused_with_what_to_do(world: World) -> None:
    sweep = world.sweep()
    world.command(sweep, "cancel")
    agent = world.agent(sweep)
    assert agent.end() == 1
    assert "is CANCELED" in agent.output
    assert "besom sweep --resume" in agent.output


def test_too_many_failures_end_it_with_an_error(world: World) -> None:
    world.program("raise SystemExit(1)")
    sweep = world.sweep()
    agent = world.agent(sweep)
    assert agent.end() == 1
    assert len(world.runs(sweep)) == 3
    assert "BESOM_AGENT_DISABLE_FLAPPING" in agent.output


def test_one_that_breaks_what_another_finishes_waits_in_quarantine_and_says_so_at_the_end(world: World) -> None:
    world.program(
        "import os, besom\n"
        "if 'BROKEN_GPU' in os.environ: raise SystemExit(1)\n"
        "with besom.init() as run: run.log({'loss': 1})"
    )
    sweep = world.sweep()
    healthy = world.agent(sweep)
    patient = {"BESOM_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "1000"}
    broken = world.agent(sweep, **patient, BROKEN_GPU="1")
    broken.says("Waiting: this agent is in quarantine: its last ")
    assert "to give it another chance: besom release " in broken.output
    world.command(sweep, "stop")
    assert (healthy.end(), broken.end()) == (0, 1)
    assert "It was in quarantine, and there are no more runs: stopped by" in broken.output


def test_failures_in_a_row_end_it(world: World) -> None:
    world.program("raise SystemExit(1)")
    sweep = world.sweep()
    assert world.agent(sweep, "--max-consecutive-failed-runs", "1").end() == 1
    assert len(world.runs(sweep)) == 1


def test_a_program_that_cannot_be_found_fails_the_run_with_that_reason(world: World) -> None:
    sweep = world.sweep(command=["no-such-trainer", "${args}"])
    agent = world.agent(sweep, "--count", "1")
    agent.end()
    run = world.run(sweep)
    assert (run.state, run.exit_code) == ("failed", 127)
    assert "no-such-trainer" in run.reason
    assert "no program 'no-such-trainer'" in agent.output
    assert "Traceback" not in agent.output


def test_a_sweep_without_a_program_is_an_error(world: World) -> None:
    agent = world.agent(world.sweep(program=None))
    assert agent.end() == 1
    assert "names no program" in agent.output


def test_an_agent_in_another_folder_than_the_program_takes_no_point(world: World) -> None:
    sweep = world.sweep(**GRID)
    agent = world.agent(sweep)
    assert agent.end() == 1
    assert f"There is no file train.py in {world.folder}" in agent.output
    assert world.runs(sweep) == []


def test_a_program_that_never_calls_init_is_reported(world: World) -> None:
    world.program("pass")
    sweep = world.sweep()
    agent = world.agent(sweep, "--count", "1")
    agent.end()
    assert world.run(sweep).state == "failed"
    assert "never called init" in agent.output


def test_a_run_that_never_logged_the_metric_is_worth_one_line(world: World) -> None:
    world.program("import besom\nbesom.init()\nbesom.log({'Loss': 1})")
    agent = world.agent(world.sweep(metric={"name": "loss"}), "--count", "2")
    assert agent.end() == 0
    assert agent.output.count("It never logged loss, the sweep's metric") == 1


def test_programs_that_never_call_init_are_failures_so_the_agent_does_not_run_them_for_ever(world: World) -> None:
    world.program("pass")
    agent = world.agent(world.sweep())
    assert agent.end() == 1
    assert "BESOM_AGENT_DISABLE_FLAPPING" in agent.output


def test_programs_that_import_wandb_get_besom(world: World) -> None:
    world.program("import wandb\nwith wandb.init() as run:\n    wandb.log({'loss': wandb.config.x})")
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "1").end() == 0
    run = world.run(sweep)
    assert (run.state, run.last or run.summary["loss"]) == ("finished", run.params["x"])


def test_it_says_once_why_it_waits_and_goes_on_when_the_sweep_does(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    world.agent(sweep, "--count", "1").end()
    world.command(sweep, "pause")
    agent = world.agent(sweep, "--count", "1")
    agent.says("Waiting: the sweep is paused")
    world.command(sweep, "resume")
    assert agent.end() == 0
    assert agent.output.count("Waiting") == 1


def test_a_waiting_agent_leaves_when_the_sweep_is_stopped(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    world.agent(sweep, "--count", "1").end()
    world.command(sweep, "pause")
    agent = world.agent(sweep)
    agent.says("Waiting")
    world.command(sweep, "stop")
    assert agent.end() == 0


PATIENT = """
import besom, pathlib, time
with besom.init() as run:
    pathlib.Path(f"begun-{run.config['x']}").touch()
    while not pathlib.Path(f"end-{run.config['x']}").exists():
        time.sleep(0.02)
    run.log({"loss": 1})
"""


def test_what_keeps_a_run_from_beginning_does_not_end_those_that_go_on(world: World) -> None:
    world.program(PATIENT)
    sweep = world.sweep(method="grid", parameters={"x": {"values": [1, 2, 3]}})
    agent = world.agent(sweep, "--slots", "2")
    until(lambda: len(list(world.folder.glob("begun-*"))) == 2, "two runs")
    folder = world.folder / "besom" / f"sweep-{sweep.id}"
    folder.rename(folder.with_name("elsewhere"))
    folder.touch()  # no folder can be made there
    (world.folder / "end-1").touch()
    agent.says("No more runs; those that are running go on.")
    (world.folder / "end-2").touch()
    assert agent.end() == 1
    assert "cannot be written" in agent.output
    assert [run.state for run in world.runs(sweep) if run.steps] == ["finished", "finished"], agent.output


def test_runs_of_a_sweep_that_is_deleted_end_in_peace_and_the_agent_leaves(world: World) -> None:
    world.program(PATIENT)
    sweep = world.sweep(**GRID)
    agent = world.agent(sweep, "--slots", "2")
    until(lambda: len(list(world.folder.glob("begun-*"))) == 2, "two runs")
    ids = [run.id for run in world.runs(sweep)]
    world.connection.request("DELETE", f"/sweeps/{sweep.id}")
    (world.folder / "end-1").touch()
    agent.says("finished after")
    (world.folder / "end-2").touch()
    assert agent.end() == 1
    path = f"/projects/{sweep.entity}/{sweep.project}/runs"
    runs = [world.connection.request("GET", f"{path}/{run_id}", reply=Run) for run_id in ids]
    assert [run.state for run in runs] == ["finished", "finished"]
    assert agent.output.count("finished after") == 2
    assert "There is no sweep" in agent.output
    assert "Traceback" not in agent.output


def test_an_agent_that_waits_ends_with_an_error_when_its_sweep_is_deleted(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    world.agent(sweep, "--count", "1").end()
    world.command(sweep, "pause")
    agent = world.agent(sweep)
    agent.says("Waiting")
    world.connection.request("DELETE", f"/sweeps/{sweep.id}")
    assert agent.end() == 1
    assert "the sweep may have been deleted" in agent.output
    assert "could not be told" not in agent.output


def test_two_agents_share_a_grid(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep(**GRID | {"parameters": {"x": {"values": list(range(6))}}})
    world.agent(sweep, "--count", "1").end()
    world.command(sweep, "pause")
    agents = [world.agent(sweep), world.agent(sweep)]
    for agent in agents:
        agent.says("Waiting")
    world.command(sweep, "resume")
    assert [agent.end() for agent in agents] == [0, 0]
    assert sorted(run.config["x"] for run in world.runs(sweep)) == list(range(6))
    until(lambda: world.look(sweep).agent_count == 0)


def test_it_says_what_is_running_as_often_as_asked(world: World) -> None:
    world.program(PATIENT)
    agent = world.agent(world.sweep(**GRID), "--count", "1", WANDB_AGENT_REPORT_INTERVAL="1")
    until(lambda: agent.output.count("has been running for") >= 2, "the second report")
    (world.folder / "end-1").touch()
    assert agent.end() == 0


def test_an_interval_that_is_no_number_is_refused(world: World) -> None:
    agent = world.agent(world.sweep(), BESOM_AGENT_REPORT_INTERVAL="often")
    assert agent.end() == 1
    assert "BESOM_AGENT_REPORT_INTERVAL is 'often'" in agent.output


def test_programs_of_any_kind_need_a_command_and_no_program(world: World) -> None:
    sweep = world.sweep(command=["/bin/sh", "-c", "echo ${x} > value; exit 3"], program=None)
    agent = world.agent(sweep, "--count", "1")
    assert agent.end() == 0, agent.output
    run = world.run(sweep)
    assert (run.state, run.exit_code) == ("failed", 3)
    assert float((world.folder / "value").read_text()) == run.params["x"]


def test_a_program_that_reads_its_input_finds_its_end(world: World) -> None:
    world.program("import sys, besom\nwith besom.init() as run:\n    run.log({'read': len(sys.stdin.read())})")
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "1").end() == 0
    assert world.run(sweep).summary["read"] == 0


def test_projects_and_entities_can_be_named_apart(world: World) -> None:
    world.program(TRAIN)
    sweep = world.sweep()
    assert world.agent(sweep, "-p", sweep.project, "-e", sweep.entity, "--count", "1").end() == 0
    assert world.agent(sweep, "-p", "elsewhere", "--count", "1").end() == 1
