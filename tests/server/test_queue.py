"""Runs that are queued: by a person, by the configuration, and because their machine was taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World, exit_record, line

from besom.protocol import NewPoint
from besom.server.services.context import Context, Unit
from besom.server.services.enqueue import enqueue as queue_for
from besom.server.services.refusals import Conflict
from besom.server.services.users import Caller

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

BAYES = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}, "opt": {"parameters": {"kind": {"values": ["a", "b"]}}}},
}
CUSTOM = {**RANDOM, "method": "custom", "controller": {"type": "local"}}


async def enqueue(world: World, sweep: str, params: dict, name: str | None = None) -> dict:
    return await world.call("POST", f"/sweeps/{sweep}/queue", {"params": params, "display_name": name})


async def preempt(world: World, agent: str, run: str, code: int = 143) -> None:
    """The run says that its machine goes, and ends; then its agent reports that."""
    at = (await world.begin(run))["offset"]
    await world.send(run, line({"type": "preempting", "time": 7.0}) + exit_record(code), at)
    await world.exit(agent, run, code)


async def finish_all(world: World, agent: str, sweep: str) -> list[dict]:
    points = []
    while (params := await world.work(agent, sweep, 1.0)) is not None:
        points.append(params)
    return points


@pytest.mark.parametrize("config", [RANDOM, BAYES, CUSTOM], ids=["random", "bayes", "custom"])
async def test_queued_points_come_first_and_in_order(world: World, config: dict) -> None:
    sweep = await world.sweep(config)
    opt = {"opt": {"kind": "b"}} if config is BAYES else {}
    first = await enqueue(world, sweep, {"lr": 0.25, **opt}, "my-run")
    second = await enqueue(world, sweep, {"lr": 0.75, **opt})
    assert (first["state"], first["name"], first["agent_id"]) == ("pending", "my-run", None)
    assert (await world.show(sweep))["state"] == "PENDING"
    agent = await world.join(sweep)
    got = [await world.next(agent, (first["id"],) if number else ()) for number in range(2)]
    assert [work["run_id"] for work in got] == [first["id"], second["id"]]
    assert [work["params"] for work in got] == [{"lr": 0.25, **opt}, {"lr": 0.75, **opt}]
    assert got[0]["why"] == {"method": "queued", "kind": "enqueued", "reason": "queued by ann", "by": "ann"}
    assert got[0]["resume"] is False
    assert (await world.show(sweep))["state"] == "RUNNING"


async def test_a_point_with_an_id_is_queued_once_however_often_it_is_asked_for(world: World) -> None:
    sweep, other = [await world.sweep(CUSTOM) for _ in range(2)]
    point = {"params": {"lr": 0.5}, "id": "mine"}
    first, again = [await world.call("POST", f"/sweeps/{sweep}/queue", point) for _ in range(2)]
    assert (first["id"], again) == ("mine", first)
    await world.command(sweep, "stop")
    late = await world.call("POST", f"/sweeps/{sweep}/queue", point)
    assert (late["id"], late["state"]) == ("mine", "killed")
    with pytest.raises(Refused, match="The id mine has been given to another run"):
        await world.call("POST", f"/sweeps/{other}/queue", point)
    with pytest.raises(Refused, match="The id mine has been given to a run with other parameters"):
        await world.call("POST", f"/sweeps/{sweep}/queue", {**point, "params": {"lr": 0.25}})
    assert [(await world.show(one))["run_count"] for one in (sweep, other)] == [1, 0]


@pytest.mark.parametrize("when", [[True], [False, True]], ids=["before it is queued", "while it is stored"])
async def test_nothing_is_queued_for_somebody_who_hangs_up(world: World, when: list[bool]) -> None:
    sweep = await world.sweep(GRID)
    ctx, ann = world.services.ctx, Caller(1, "ann", "admin")
    point = NewPoint(params={"a": 2, "b": "y"})
    with pytest.raises(Conflict, match="nobody waits"):
        await queue_for(ctx, world.services.plans, ann, sweep, point, iter(when).__next__)
    assert (await world.show(sweep))["run_count"] == 0
    await enqueue(world, sweep, {"a": 2, "b": "y"})


async def test_what_an_agent_has_taken_is_queued_although_nobody_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = await world.sweep(GRID)
    agent, ann, write = await world.join(sweep), Caller(1, "ann", "admin"), Context.write

    async def write_and_let_an_agent_ask(ctx: Context, work: Callable[[Unit], Any]) -> Any:
        result = await write(ctx, work)
        monkeypatch.setattr(Context, "write", write)
        await world.next(agent)
        return result

    monkeypatch.setattr(Context, "write", write_and_let_an_agent_ask)
    point, disconnected = NewPoint(params={"a": 2, "b": "y"}), iter([False, True]).__next__
    run = await queue_for(world.services.ctx, world.services.plans, ann, sweep, point, disconnected)
    assert (await world.run(run.id))["agent_id"] == agent


async def test_an_agent_that_waits_is_given_what_is_queued_at_once(world: World) -> None:
    sweep = await world.sweep(CUSTOM)
    agent = await world.join(sweep)
    waiting = asyncio.create_task(world.next(agent, wait=20))
    await asyncio.sleep(0.05)
    queued = await enqueue(world, sweep, {"lr": 0.5})
    assert (await asyncio.wait_for(waiting, 25))["run_id"] == queued["id"]


async def test_without_a_controller_and_a_queue_an_agent_waits_and_is_told_why(world: World) -> None:
    sweep = await world.sweep(CUSTOM)
    answer = await world.next(await world.join(sweep))
    assert (answer["command"], "none is at work" in answer["reason"]) == ("wait", True)


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"lr": 0.5}, "opt.kind\n  The parameter has no value here"),
        ({"lr": 1.5, "opt": {"kind": "a"}}, "lr = 1.5\n  The parameter is a number from 0 to 1."),
        ({"lr": "fast", "opt": {"kind": "a"}}, 'lr = "fast"\n  The parameter is a number'),
        ({"lr": 0.5, "opt": {"kind": "c"}}, 'opt.kind = "c"\n  The parameter is one of "a", "b".'),
        ({"lr": 0.5, "opt": {"kind": "a", "knd": 1}}, "no parameter `knd` here. Did you mean `kind`?"),
        ({"lr": 0.5, "opt": "a"}, "This is a group of parameters."),
    ],
)
async def test_a_point_that_the_sweep_cannot_have_is_refused_by_name(world: World, params: dict, problem: str) -> None:
    sweep = await world.sweep(BAYES)
    with pytest.raises(Refused) as refused:
        await enqueue(world, sweep, params)
    assert (refused.value.status, refused.value.code) == (422, "bad_point")
    assert problem in refused.value.message
    assert (await world.runs())["total"] == 0


async def test_a_left_out_parameter_takes_its_only_value(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "parameters": {**RANDOM["parameters"], "epochs": {"value": 20}}})
    assert (await enqueue(world, sweep, {"lr": 0.5}))["params"] == {"epochs": 20, "lr": 0.5}


async def test_a_grid_point_that_has_a_run_is_refused_with_that_run(world: World) -> None:
    sweep = await world.sweep(GRID)
    given = await world.next(await world.join(sweep))
    with pytest.raises(Refused) as refused:
        await enqueue(world, sweep, given["params"])
    assert (refused.value.status, refused.value.code) == (409, "point_has_run")
    assert given["run_id"] in refused.value.message
    queued = await enqueue(world, sweep, {"a": 2, "b": "y"})
    with pytest.raises(Refused, match=queued["id"]):
        await enqueue(world, sweep, {"a": 2.0, "b": "y"})


async def test_a_grid_with_queued_points_runs_each_point_once(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    await enqueue(world, sweep, {"a": 2, "b": "z"})
    await enqueue(world, sweep, {"a": 1, "b": "y"})
    points = await finish_all(world, agent, sweep)
    assert points[:2] == [{"a": 2, "b": "z"}, {"a": 1, "b": "y"}]
    assert len({(p["a"], p["b"]) for p in points}) == len(points) == 6
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"], shown["expected_runs"]) == ("FINISHED", 6, 6)


async def test_a_grid_is_not_finished_while_one_of_its_points_is_queued(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1, 2]}}})
    agent = await world.join(sweep)
    await enqueue(world, sweep, {"a": 2})
    await enqueue(world, sweep, {"a": 1})
    await world.work(agent, sweep, 1.0)
    assert (await world.show(sweep))["state"] == "RUNNING"
    assert await world.work(agent, sweep, 1.0) == {"a": 1}
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_queued_point_that_is_deleted_is_free_again(world: World) -> None:
    sweep = await world.sweep(GRID)
    for _ in range(2):
        queued = await enqueue(world, sweep, {"a": 1, "b": "x"})
        await world.call("DELETE", world.runs_path(queued["id"]))
    points = await finish_all(world, await world.join(sweep), sweep)
    assert sorted((p["a"], p["b"]) for p in points) == [(a, b) for a in (1, 2) for b in ("x", "y", "z")]


async def test_a_queued_run_that_is_stopped_ends_at_once(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    queued = await enqueue(world, sweep, {"lr": 0.5})
    stopped = await world.call("POST", f"{world.runs_path(queued['id'])}/stop")
    assert (stopped["state"], stopped["reason"]) == ("killed", "stopped by ann; it had not begun")
    assert (await world.next(await world.join(sweep)))["run_id"] != queued["id"]


async def test_a_paused_sweep_hands_out_nothing_of_its_queue(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0)
    await world.command(sweep, "pause")
    queued = await enqueue(world, sweep, {"lr": 0.5})
    assert (await world.next(agent))["command"] == "wait"
    await world.command(sweep, "resume")
    assert (await world.next(agent))["run_id"] == queued["id"]


@pytest.mark.parametrize(
    ("action", "said"), [("stop", "stopped by ann"), ("cancel", "canceled by ann")], ids=["stop", "cancel"]
)
async def test_the_end_of_a_sweep_ends_what_is_queued_with_the_reason(world: World, action: str, said: str) -> None:
    sweep = await world.sweep(RANDOM)
    queued = await enqueue(world, sweep, {"lr": 0.5})
    await world.command(sweep, action)
    ended = await world.run(queued["id"])
    assert ended["state"] == "killed"
    assert said in ended["reason"]
    assert ended["reason"].endswith("it had not begun")
    with pytest.raises(Refused, match="besom sweep --resume"):
        await enqueue(world, sweep, {"lr": 0.5})


async def test_a_deleted_sweep_leaves_no_run_waiting_for_ever(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    queued = await enqueue(world, sweep, {"lr": 0.5})
    await world.call("DELETE", f"/sweeps/{sweep}")
    assert (await world.run(queued["id"]))["state"] == "killed"


async def test_queued_runs_count_for_the_cap_when_they_start_and_not_before(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 2})
    agent = await world.join(sweep)
    for lr in (0.1, 0.2, 0.3):
        await enqueue(world, sweep, {"lr": lr})
    assert await finish_all(world, agent, sweep) == [{"lr": 0.1}, {"lr": 0.2}]
    shown = await world.show(sweep)
    assert (shown["state"], shown["runs_by_state"]) == ("FINISHED", {"finished": 2, "killed": 1})


async def test_a_configuration_starts_with_its_points(world: World) -> None:
    config = {**GRID, "start_with": [{"a": 2, "b": "y"}, {"a": 1, "b": "z"}]}
    sweep = await world.sweep(config)
    assert (await world.show(sweep))["runs_by_state"] == {"pending": 2}
    agent = await world.join(sweep)
    first = await world.next(agent)
    why = {"kind": "start_with", "reason": "point 1 of 2 of start_with", "method": "start_with", "number": 1}
    assert (first["params"], first["why"]) == ({"a": 2, "b": "y"}, why)
    await world.exit(agent, first["run_id"], 0)
    points = await finish_all(world, agent, sweep)
    assert points[0] == {"a": 1, "b": "z"}
    assert len(points) == 5


async def test_a_start_point_that_the_sweep_cannot_have_is_refused_when_it_is_created(world: World) -> None:
    with pytest.raises(Refused, match=r"start_with\[1\]\.a = 3.*The parameter is one of 1, 2"):
        await world.sweep({**GRID, "start_with": [{"a": 1, "b": "x"}, {"a": 3, "b": "x"}]})


async def test_a_replaced_configuration_starts_with_its_own_points(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "start_with": [{"lr": 0.5}]})
    new = {**RANDOM, "parameters": {"lr": {"min": 2.0, "max": 3.0}}, "start_with": [{"lr": 2.5}]}
    await world.call("PUT", f"/sweeps/{sweep}/config", {"config": new})
    assert [run["params"] for run in (await world.runs(sweep=sweep))["runs"]] == [{"lr": 2.5}]
    await enqueue(world, sweep, {"lr": 2.25})
    with pytest.raises(Refused, match="Runs are queued"):
        await world.call("PUT", f"/sweeps/{sweep}/config", {"config": RANDOM})


async def test_a_preempted_run_goes_on_before_anything_else_with_any_agent(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, other = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await enqueue(world, sweep, {"lr": 0.5})
    await preempt(world, agent, run)
    assert (await world.run(run))["state"] == "preempted"
    work = await world.next(other)
    assert (work["run_id"], work["resume"]) == (run, True)
    shown = await world.run(run)
    assert (shown["state"], shown["agent_id"]) == ("pending", other)
    assert await world.next(other) == work  # a lost answer
    assert (await world.next(other, holding=(run,)))["params"] == {"lr": 0.5}


async def test_a_finished_grid_goes_on_for_its_preempted_run(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}, "run_cap": 1})
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    assert (await world.show(sweep))["state"] == "FINISHED"
    await preempt(world, agent, run)
    shown = await world.show(sweep)
    assert (shown["state"], "was preempted" in shown["state_reason"]) == ("RUNNING", True)
    assert (await world.next(agent))["run_id"] == run
    assert (await world.show(sweep))["state"] == "FINISHED"
    assert (await world.show(sweep))["run_count"] == 1


async def test_what_an_agent_got_from_the_queue_and_never_began_goes_back_there(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep, 1)
    first = (await world.next(agent))["run_id"]
    await world.begin(first, sweep)
    await preempt(world, agent, first)
    queued = (await enqueue(world, sweep, {"lr": 0.5}))["id"]
    assert (await world.next(agent))["run_id"] == first
    assert (await world.next(agent, holding=(first,)))["run_id"] == queued
    await world.call("DELETE", f"/agents/{agent}")
    assert [(await world.run(run))["state"] for run in (first, queued)] == ["preempted", "pending"]
    other = await world.join(sweep, 2)
    again = await world.next(other)
    assert (again["run_id"], again["resume"]) == (first, True)
    assert (await world.next(other, holding=(first,)))["run_id"] == queued


async def test_a_queue_is_not_lost_by_silence(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    queued = (await enqueue(world, sweep, {"lr": 0.5}))["id"]
    await world.silence(LEASE * 3)
    assert (await world.run(queued))["state"] == "pending"
