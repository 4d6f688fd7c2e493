"""Agents of the W&B client ask every few seconds and say little: what the server makes of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from server_world import GRID, LEASE, RANDOM, World, exit_record, history, line

from besom.protocol import NextReply
from besom.server.services.polling import Polling
from besom.server.services.scheduler import Scheduler

pytestmark = pytest.mark.anyio

JOIN = """mutation($host: String!, $sweep: String!) {
    createAgent(input: {host: $host, projectName: null, entityName: null, sweep: $sweep}) { agent { id } } }"""
BEAT = """mutation($id: ID!, $metrics: JSONString, $runState: JSONString) {
    agentHeartbeat(input: {id: $id, metrics: $metrics, runState: $runState}) { agent { id } commands } }"""
AGENTS = """query($sweep: String!) { project(name: "demo", entityName: "ann") { sweep(sweepName: $sweep) {
    agents { edges { node { id name host state totalRuns heartbeatAt } } } } } }"""


async def ask(world: World, query: str, **variables: Any) -> dict[str, Any]:
    reply = await world.client.post("/graphql", json={"query": query, "variables": variables})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


async def join(world: World, sweep: str, *, calls_functions: bool = False) -> str:
    """An agent that was heard once, after 5 seconds if it starts commands; whatever it was given is on its way."""
    agent = (await ask(world, JOIN, host="box", sweep=sweep))["createAgent"]["agent"]["id"]
    world.clock.advance(0.1 if calls_functions else 5)
    return agent


async def beat(world: World, agent: str, *holding: str) -> list[dict[str, Any]]:
    state = json.dumps(dict.fromkeys(holding, True))
    return json.loads((await ask(world, BEAT, id=agent, metrics="{}", runState=state))["agentHeartbeat"]["commands"])


async def at_work(world: World, sweep: str, **kind: bool) -> tuple[str, str]:
    """An agent, and the run that it works on."""
    agent = await join(world, sweep, **kind)
    ((command),) = await beat(world, agent)
    await world.begin(command["run_id"], sweep)
    assert await beat(world, agent, command["run_id"]) == []
    return agent, command["run_id"]


async def test_a_run_comes_with_its_parameters_in_envelopes_and_the_program(world: World) -> None:
    nested = {"lr": {"value": 0.1}, "optimizer": {"parameters": {"name": {"value": "adam"}}}}
    sweep = await world.sweep({"method": "random", "program": "train.py", "parameters": nested})
    (command,) = await beat(world, await join(world, sweep))
    assert command.pop("run_id")
    args = {"lr": {"value": 0.1}, "optimizer": {"value": {"name": "adam"}}}
    assert command == {"type": "run", "program": "train.py", "args": args}
    without = await world.sweep({"method": "random", "parameters": nested})
    assert (await beat(world, await join(world, without)))[0]["program"] is None


async def test_an_answer_that_is_lost_is_repeated_and_a_program_that_dies_at_its_start_is_not_forever(
    world: World,
) -> None:
    agent = await join(world, await world.sweep(RANDOM))
    first = await beat(world, agent)
    assert await beat(world, agent) == await beat(world, agent) == first
    (other,) = await beat(world, agent)
    assert other["run_id"] != first[0]["run_id"]
    run = await world.run(first[0]["run_id"])
    assert (run["state"], run["reason"]) == ("failed", "its program ended before it called init()")


async def test_heartbeats_at_the_same_time_get_the_same_run(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "method": "bayes"})
    agent = await join(world, sweep)
    answers = await asyncio.gather(*(beat(world, agent) for _ in range(4)))
    assert len({answer[0]["run_id"] for answer in answers}) == 1
    assert (await world.show(sweep))["run_count"] == 1


async def test_a_run_that_was_worked_on_and_never_begun_has_failed(world: World) -> None:
    agent = await join(world, await world.sweep(RANDOM))
    (command,) = await beat(world, agent)
    assert await beat(world, agent, command["run_id"]) == []
    assert (await beat(world, agent))[0]["run_id"] != command["run_id"]
    assert (await world.run(command["run_id"]))["state"] == "failed"


async def test_a_run_that_is_worked_on_no_more_has_crashed_unless_it_says_otherwise_later(world: World) -> None:
    agent, run = await at_work(world, await world.sweep(RANDOM))
    await beat(world, agent)
    assert (await world.run(run))["state"] == "crashed"
    await world.log(run, 0.5, code=0)
    assert (await world.run(run))["state"] == "finished"


async def test_a_run_that_is_worked_on_no_more_is_tried_again_when_its_own_word_has_not_come_for_a_lease(
    world: World,
) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}, "retry": {"max": 1}})
    agent, run = await at_work(world, sweep)
    assert await beat(world, agent) == [], "it may have finished"
    await world.log(run, 0.5, code=0)
    assert (await world.show(sweep))["state"] == "FINISHED"
    other = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}, "retry": {"max": 1}})
    agent, run = await at_work(world, other)
    assert await beat(world, agent) == []
    world.clock.advance(LEASE)
    await beat(world, agent)
    await world.silence(1)
    (command,) = await beat(world, agent)
    assert (await world.run(command["run_id"]))["tries"]["after"] == run


async def test_a_run_that_ended_by_itself_stays_as_it_ended(world: World) -> None:
    agent, run = await at_work(world, await world.sweep(RANDOM))
    await world.log(run, 0.5, code=0)
    assert await beat(world, agent, run) == [], "its process is still on its way out"
    await beat(world, agent)
    assert (await world.run(run))["state"] == "finished"


async def test_a_function_is_ended_at_once_and_a_command_when_it_had_time_to_end_by_itself(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    caller, called = await at_work(world, sweep, calls_functions=True)
    starter, started = await at_work(world, sweep)
    for run in (called, started):
        await world.call("POST", world.runs_path(f"{run}/stop"))
    assert await beat(world, caller, called) == [{"type": "stop", "run_id": called}]
    assert await beat(world, starter, started) == []
    world.clock.advance(44)
    assert await beat(world, starter, started) == []
    world.clock.advance(1)
    stop = [{"type": "stop", "run_id": started}]
    assert await beat(world, starter, started) == await beat(world, starter, started) == stop
    await beat(world, starter)
    run = await world.run(started)
    assert (run["state"], run["reason"]) == ("killed", "stopped by ann")


async def test_agents_of_a_paused_sweep_wait_and_go_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, run = await at_work(world, sweep)
    await world.log(run, 0.5, code=0)
    await world.command(sweep, "pause")
    assert await beat(world, agent) == []
    await world.command(sweep, "resume")
    assert (await beat(world, agent))[0]["type"] == "run"


async def test_a_sweep_that_is_stopped_lets_runs_end_and_sends_agents_away(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, run = await at_work(world, sweep)
    await world.command(sweep, "stop")
    assert await beat(world, agent, run) == []
    await world.log(run, 0.5, code=0)
    assert await beat(world, agent) == await beat(world, agent) == [{"type": "exit"}]
    (edge,) = (await ask(world, AGENTS, sweep=sweep))["project"]["sweep"]["agents"]["edges"]
    assert edge["node"].pop("heartbeatAt").endswith("Z")
    assert edge["node"].pop("name").startswith("box-")
    assert edge["node"] == {"id": agent, "host": "box", "state": "EXITED", "totalRuns": 1}


async def test_a_sweep_that_is_canceled_ends_its_runs_with_their_agents(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, run = await at_work(world, sweep)
    await world.command(sweep, "cancel")
    assert await beat(world, agent, run) == [{"type": "exit"}]
    assert (await world.run(run))["state"] == "killed"


async def test_a_grid_ends_with_its_last_point(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await join(world, sweep)
    points = []
    while (command := (await beat(world, agent))[0])["type"] == "run":
        points.append({key: value["value"] for key, value in command["args"].items()})
        await world.begin(command["run_id"], sweep)
        await world.log(command["run_id"], 0.5, code=0)
    assert sorted((point["a"], point["b"]) for point in points) == [(a, b) for a in (1, 2) for b in "xyz"]
    assert command == {"type": "exit"}
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_preempted_run_is_gone_on_with_when_its_process_is_over(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, run = await at_work(world, sweep)
    spool = history(0, {"loss": 0.5}) + line({"type": "preempting", "time": 7.0}) + exit_record(143)
    await world.send(run, spool)
    assert await beat(world, agent, run) == []
    (command,) = await beat(world, agent)
    assert (command["type"], command["run_id"]) == ("resume", run)


async def test_a_deleted_run_is_ended(world: World) -> None:
    agent, run = await at_work(world, await world.sweep(RANDOM))
    await world.call("DELETE", world.runs_path(run))
    assert await beat(world, agent, run) == [{"type": "stop", "run_id": run}]
    (command,) = await beat(world, agent)
    assert command["run_id"] != run


async def test_a_server_that_has_forgotten_what_it_said_says_the_same(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await join(world, sweep)
    first = await beat(world, agent)
    world.services.polling = Polling(world.services.ctx, world.services.plans, world.services.scheduler)
    assert await beat(world, agent) == first
    assert (await world.show(sweep))["run_count"] == 1


async def test_a_function_is_ended_at_once_by_a_server_that_was_started_anew_too(world: World) -> None:
    agent, run = await at_work(world, await world.sweep(RANDOM), calls_functions=True)
    world.services.polling = Polling(world.services.ctx, world.services.plans, world.services.scheduler)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert await beat(world, agent, run) == [{"type": "stop", "run_id": run}]


async def test_an_agent_that_is_heard_no_more_is_missed_with_its_run(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, run = await at_work(world, sweep)
    await world.join(sweep)
    world.clock.advance(LEASE - 60)
    await beat(world, agent, run)
    await world.silence(61)
    told = {shown["name"]: shown["state"] for shown in (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]}
    assert sorted(told.values()) == ["gone", "gone"]
    assert (await world.run(run))["state"] == "running", "its program may be at work"
    await world.silence(LEASE - 60)
    assert (await world.run(run))["state"] == "crashed"
    assert await beat(world, agent, run) == [], "it was only the network"
    assert (await world.run(run))["state"] == "running"


async def test_an_agent_that_names_too_many_runs_hears_so(world: World) -> None:
    agent = await join(world, await world.sweep(RANDOM))
    state = json.dumps({f"run{number}": True for number in range(10_001)})
    reply = await world.client.post("/graphql", json={"query": BEAT, "variables": {"id": agent, "runState": state}})
    assert "names 10,001 runs that it works on; at most 10,000" in reply.text


async def test_an_agent_of_a_deleted_sweep_and_one_that_never_was_hear_404(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await join(world, sweep)
    await world.call("DELETE", f"/sweeps/{sweep}")
    for identity in (agent, "QQ=="):
        variables = {"id": identity, "metrics": "{}", "runState": "{}"}
        reply = await world.client.post("/graphql", json={"query": BEAT, "variables": variables})
        assert reply.status_code == 404
        assert "There is no agent" in reply.json()["errors"][0]["message"]


class Slow(Scheduler):
    """A scheduler whose search takes as long as the test wants."""

    def __init__(self, world: World) -> None:
        super().__init__(world.services.ctx, world.services.plans)
        self.ready = asyncio.Event()
        self.asked = 0

    async def next(self, *question: Any, **options: Any) -> NextReply:
        self.asked += 1
        await self.ready.wait()
        return await super().next(*question, **options)


async def test_a_suggestion_that_takes_long_is_handed_out_with_a_later_answer(world: World) -> None:
    slow = Slow(world)
    world.services.polling = Polling(world.services.ctx, world.services.plans, slow, patience=0.01)
    sweep = await world.sweep(RANDOM)
    agent = await join(world, sweep)
    assert await beat(world, agent) == await beat(world, agent) == []
    assert slow.asked == 1
    slow.ready.set()
    while not (commands := await beat(world, agent)):
        await asyncio.sleep(0)
    assert [command["type"] for command in commands] == ["run"]
    assert (await world.show(sweep))["run_count"] == 1
    slow.close()
