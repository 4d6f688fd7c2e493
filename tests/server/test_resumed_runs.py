"""A run whose process ended goes on in another one: each process has a spool of its own (S21, N12, N39)."""

from __future__ import annotations

from typing import Any

import pytest
from server_world import RANDOM, Refused, World, exit_record, history, line

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

ROWS = [history(step, {"loss": 1.0 / (step + 1)}) for step in range(4)]


async def send(world: World, run: str, spool: str, piece: bytes, offset: int = 0) -> dict[str, Any]:
    return await world.call("POST", f"{world.runs_path(run)}/stream?offset={offset}&spool={spool}", piece)


async def steps(world: World, run: str) -> list[int]:
    return [row["_step"] for row in (await world.call("GET", world.runs_path(f"{run}/history")))["rows"]]


async def test_a_second_process_without_resume_is_told_that_the_run_exists_and_what_to_do(world: World) -> None:
    await world.begin("r", spool="one")
    for resume in (None, "never"):
        with pytest.raises(Refused) as refused:
            await world.begin("r", spool="two", resume=resume)
        assert (refused.value.status, refused.value.code) == (409, "run_exists")
        assert 'resume="allow"' in refused.value.error["hint"]


async def test_resume_must_refuses_to_begin_a_new_run(world: World) -> None:
    await world.begin("other")
    with pytest.raises(Refused) as refused:
        await world.begin("r", spool="one", resume="must")
    assert (refused.value.status, refused.value.code) == (404, "run_not_found")
    assert (await world.runs())["total"] == 1


@pytest.mark.parametrize("resume", ["allow", "never"])
async def test_a_new_run_may_say_how_it_would_be_resumed(world: World, resume: str) -> None:
    claimed = await world.begin("r", spool="one", resume=resume)
    assert (claimed["resumed"], claimed["step"], claimed["offset"]) == (False, 0, 0)


@pytest.mark.parametrize("code", [0, 1])
async def test_an_ended_run_runs_again_and_goes_on_with_the_next_step(world: World, code: int) -> None:
    await world.begin("r", spool="one", config={"lr": 1, "depth": 2})
    await send(world, "r", "one", ROWS[0] + ROWS[1] + exit_record(code))
    claimed = await world.begin("r", spool="two", resume="must", config={"lr": 3})
    assert (claimed["resumed"], claimed["step"], claimed["offset"]) == (True, 2, 0)
    run = claimed["run"]
    assert (run["state"], run["ended"], run["exit_code"], run["reason"]) == ("running", None, None, "")
    assert (run["config"], run["summary"]["loss"]) == ({"lr": 3, "depth": 2}, 0.5)
    await send(world, "r", "two", ROWS[2] + exit_record(0))
    run = await world.run("r")
    assert (run["state"], run["steps"]) == ("finished", 3)
    kinds = [event["kind"] for event in (await world.call("GET", world.runs_path("r/events")))["events"][::-1]]
    assert kinds == ["run.started", "run.failed" if code else "run.finished", "run.resumed", "run.finished"]


async def test_a_killed_run_that_is_resumed_is_not_told_to_stop_again(world: World) -> None:
    await world.begin("r", spool="one")
    record = {"rule": "asha", "rung": 1, "value": 2.0, "threshold": 1.0, "rank": 1, "of": 3}
    await world.call("POST", world.runs_path("r/stop"), {"stopped": record})
    await send(world, "r", "one", exit_record(1))
    assert (await world.run("r"))["stopped"] == record
    resumed = (await world.begin("r", spool="two", resume="allow"))["run"]
    assert (resumed["state"], resumed["stopped"]) == ("running", None)
    assert (await send(world, "r", "two", ROWS[0]))["stop"] is None


async def test_each_spool_of_a_run_arrives_once_by_its_own_offset(world: World) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", ROWS[0])
    await world.begin("r", spool="two", resume="allow")
    assert (await send(world, "r", "two", ROWS[2]))["offset"] == len(ROWS[2])
    # What the first process had written and not yet sent comes later, and so do repetitions of both.
    assert (await send(world, "r", "one", ROWS[0] + ROWS[1]))["offset"] == len(ROWS[0] + ROWS[1])
    assert (await send(world, "r", "two", ROWS[2] + ROWS[3]))["offset"] == len(ROWS[2] + ROWS[3])
    assert (await send(world, "r", "one", ROWS[1], len(ROWS[0])))["offset"] == len(ROWS[0] + ROWS[1])
    assert sorted(await steps(world, "r")) == [0, 1, 2, 3]
    assert (await world.begin("r", spool="one"))["offset"] == len(ROWS[0] + ROWS[1])


async def test_what_an_older_process_left_behind_changes_neither_state_nor_newer_values(world: World) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", ROWS[0])
    await world.begin("r", spool="two", resume="allow", config={"lr": 2})
    await send(world, "r", "two", ROWS[3])
    late = history(1, {"loss": 9.0, "only": 5.0}) + line({"type": "config", "data": {"lr": 1}})
    await send(world, "r", "one", late + line({"type": "preempting", "time": 1.0}) + exit_record(1), len(ROWS[0]))
    run = await world.run("r")
    assert (run["state"], run["steps"], run["config"]["lr"]) == ("running", 3, 2)
    assert (run["summary"]["loss"], run["summary"]["only"], run["summary"]["_step"]) == (0.25, 5.0, 3)


async def test_a_spool_that_no_process_has_begun_is_refused(world: World) -> None:
    await world.begin("r", spool="one")
    with pytest.raises(Refused) as refused:
        await send(world, "r", "two", ROWS[0])
    assert (refused.value.status, refused.value.code) == (404, "spool_not_found")


async def test_a_resumed_run_of_a_sweep_keeps_its_parameters(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    work = await world.next(agent)
    await world.begin(work["run_id"], sweep, agent_id=agent, spool="one")
    await world.exit(agent, work["run_id"], 1)
    claimed = await world.begin(work["run_id"], sweep, spool="two", resume="allow", config={"lr": 7.0})
    assert claimed["run"]["config"] == claimed["run"]["params"] == work["params"]
    # It is nobody's lease: the agent is not made to do it again.
    assert claimed["run"]["agent_id"] is None
    assert (await world.next(agent))["run_id"] != work["run_id"]


async def test_a_resumed_run_under_another_agent_of_the_sweep_is_held_by_that_one(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await world.next(first))["run_id"]
    await world.begin(run, sweep, agent_id=first, spool="one")
    await world.exit(first, run, 1)
    claimed = await world.begin(run, sweep, agent_id=second, spool="two", resume="allow")
    assert claimed["run"]["agent_id"] == second
    assert (await world.exit(second, run, 0))["state"] == "finished"


async def test_output_of_several_processes_is_shown_one_after_the_other(world: World) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", line({"type": "output", "line": 0, "lines": ["a", "b"], "time": 1.0}))
    await world.begin("r", spool="two", resume="allow")
    await send(world, "r", "two", line({"type": "output", "line": 0, "lines": ["c"], "time": 2.0}))
    page = await world.call("GET", world.runs_path("r/output"))
    assert [(each["number"], each["text"]) for each in page["lines"]] == [(0, "a"), (1, "b"), (2, "c")]
    assert (page["total"], page["next"]) == (3, 3)
