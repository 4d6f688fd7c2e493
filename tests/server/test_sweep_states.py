"""What a sweep may become from where (features T1 to T8)."""

from __future__ import annotations

from typing import get_args

import pytest
from server_world import GRID, RANDOM, Refused, World

from besom.protocol import SweepState
from besom.server.services.refusals import Conflict
from besom.server.services.states import SWEEP_TABLE, next_sweep_state

pytestmark = pytest.mark.anyio

ENDS = {"FINISHED", "CANCELED"}


@pytest.mark.parametrize("state", get_args(SweepState))
def test_resume_works_from_any_state(state: SweepState) -> None:
    assert next_sweep_state(state, "resume") == "RUNNING"


@pytest.mark.parametrize("cause", ["stop", "cancel", "complete"])
@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_has_ended_cannot_end_again(state, cause) -> None:
    with pytest.raises(Conflict, match=state):
        next_sweep_state(state, cause)


@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_has_ended_cannot_be_paused(state) -> None:
    with pytest.raises(Conflict):
        next_sweep_state(state, "pause")


def test_every_cause_leads_from_known_states_to_a_known_state() -> None:
    states = set(get_args(SweepState))
    for allowed, following in SWEEP_TABLE.values():
        assert allowed <= states
        assert following in states


async def test_a_sweep_is_pending_until_its_first_run_is_handed_out(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    assert (await world.show(sweep))["state"] == "PENDING"
    await world.next(agent)
    assert (await world.show(sweep))["state"] == "RUNNING"


async def test_a_refused_command_says_the_state_and_what_to_do_first(world: World) -> None:
    sweep = await world.sweep(GRID)
    await world.command(sweep, "stop")
    with pytest.raises(Refused) as refused:
        await world.command(sweep, "pause")
    assert refused.value.status == 409
    assert refused.value.message == f"Sweep ann/demo/{sweep} is FINISHED and cannot be paused."
    assert refused.value.error["hint"] == f"Resume it first: besom sweep --resume ann/demo/{sweep}"


async def test_every_change_of_state_is_an_event_with_a_reason(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    await world.next(await world.join(sweep))
    for action in ("pause", "resume", "stop", "resume", "cancel"):
        await world.command(sweep, action)
    events = [event for event in await world.events(sweep) if event["kind"].startswith("sweep.")]
    kinds = [event["kind"].removeprefix("sweep.") for event in events]
    assert kinds == ["created", "started", "paused", "resumed", "stopped", "resumed", "canceled"]
    assert all(event["reason"] for event in events)
    assert (await world.show(sweep))["state_reason"] == events[-1]["reason"]


async def test_a_configuration_can_be_replaced_while_the_sweep_is_pending(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    replaced = await world.call("PUT", f"/sweeps/{sweep}/config", {"config": GRID})
    assert replaced["sweep"]["method"] == "grid"
    (version,) = (await world.call("GET", f"/sweeps/{sweep}/versions"))["versions"]
    assert (version["number"], "method: grid" in version["text"]) == (1, True)
    assert (await world.next(await world.join(sweep)))["params"] == {"a": 1, "b": "x"}
    for state in ("RUNNING", "PAUSED"):
        with pytest.raises(Refused, match=f"is {state}: .* only while it is PENDING"):
            await world.call("PUT", f"/sweeps/{sweep}/config", {"config": RANDOM})
        await world.command(sweep, "pause")


async def test_a_sweep_paused_before_its_first_run_hands_out_nothing_and_may_be_changed(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "start_with": [{"lr": 0.5}]})
    agent = await world.join(sweep)
    await world.command(sweep, "pause")
    assert (await world.next(agent))["reason"].startswith("the sweep is paused")
    await world.call("PUT", f"/sweeps/{sweep}/config", {"config": GRID})
    assert (await world.show(sweep))["state"] == "PAUSED"
    await world.command(sweep, "resume")
    assert (await world.next(agent))["params"] == {"a": 1, "b": "x"}


async def test_a_configuration_that_cannot_be_used_is_refused_with_every_problem(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.sweep({"method": "gird"})
    assert refused.value.status == 422
    assert "write `method: grid`" in refused.value.message
    assert "`parameters` is missing" in refused.value.message


async def test_a_sweep_can_be_renamed_and_gets_its_own_name_back(world: World) -> None:
    sweep = await world.sweep({**GRID, "name": "from the file"})
    renamed = await world.call("PATCH", f"/sweeps/{sweep}", {"display_name": "mine", "description": "why"})
    assert (renamed["name"], renamed["description"]) == ("mine", "why")
    back = await world.call("PATCH", f"/sweeps/{sweep}", {"display_name": ""})
    assert (back["name"], back["description"]) == ("from the file", "why")
    endless, other = "x" * 10_000_000, f"/projects/{world.name}/demo/sweeps"
    for method, path, body in (
        ("PATCH", f"/sweeps/{sweep}", {"display_name": endless}),
        ("POST", other, {"config": GRID, "display_name": endless}),
        ("POST", other, {"config": {**GRID, "parameters": {endless: {"value": 1}}}}),
    ):
        with pytest.raises(Refused, match="has 10,000,000 characters, and at most 250 are allowed") as refused:
            await world.call(method, path, body)
        assert len(str(refused.value)) < 1000


async def test_deleting_a_sweep_keeps_its_runs_and_sends_its_agents_away(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.call("DELETE", f"/sweeps/{sweep}")
    with pytest.raises(Refused) as refused:
        await world.next(agent)
    assert (refused.value.status, refused.value.code) == (404, "agent_not_found")
    assert (await world.log(run, 0.5, code=0))["stop"] is None
    kept = await world.run(run)
    assert (kept["state"], kept["sweep_id"], kept["summary"]["loss"]) == ("finished", None, 0.5)


async def test_the_seed_is_the_configurations_or_drawn_once(world: World) -> None:
    same = [await world.sweep({**RANDOM, "seed": 7}) for _ in range(2)]
    drawn = [await world.sweep(RANDOM) for _ in range(2)]
    points = [(await world.next(await world.join(sweep)))["params"]["lr"] for sweep in (*same, *drawn)]
    assert points[0] == points[1]
    assert len(set(points)) == 3
