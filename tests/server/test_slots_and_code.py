"""What agents are told of their sweep's code, and agents that work on several runs at a time."""

from __future__ import annotations

import pytest
from server_world import GRID, Refused, World

pytestmark = pytest.mark.anyio


async def test_a_sweep_keeps_its_code_and_tells_it_to_agents(world: World) -> None:
    code = {"files": [{"path": "train.py", "digest": "0" * 64, "size": 4}], "frozen": True}
    sweep = await world.sweep(GRID, code=code)
    assert await world.call("GET", f"/sweeps/{sweep}/code") == code
    joined = await world.call("POST", f"/sweeps/{sweep}/agents", {"host": "box", "pid": 1, "slots": 2, "gpus": ["0"]})
    assert joined["code"] == code
    with pytest.raises(Refused, match="No code was kept"):
        await world.call("GET", f"/sweeps/{await world.sweep(GRID)}/code")


async def test_an_agent_with_slots_works_on_several_runs(world: World) -> None:
    sweep = await world.sweep(GRID)
    new = {"host": "box", "pid": 1, "slots": 2, "gpus": ["0", "1"]}
    agent = (await world.call("POST", f"/sweeps/{sweep}/agents", new))["agent_id"]
    first = (await world.next(agent))["run_id"]
    second = (await world.next(agent, holding=(first,)))["run_id"]
    shown = (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"][0]
    assert (shown["slots"], shown["gpus"]) == (2, ["0", "1"])
    assert (shown["run_id"], shown["run_ids"]) == (first, [first, second])
    for run in (first, second):
        await world.begin(run, sweep)
    for _ in range(3):
        await world.silence(100)
        await world.beat(agent, holding=(first, second))
    assert [(await world.run(run))["state"] for run in (first, second)] == ["running", "running"]
    await world.silence(121)
    assert [(await world.run(run))["state"] for run in (first, second)] == ["crashed", "crashed"]
