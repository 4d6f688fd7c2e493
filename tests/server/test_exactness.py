"""Every grid point exactly once, whatever happens: many agents, lost answers, crashes, deletes, pauses."""

from __future__ import annotations

import asyncio
import collections
import random
from pathlib import Path

import pytest
from server_world import LEASE, Refused, World, open_world

pytestmark = pytest.mark.anyio

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"a": {"values": [1, 2, 3, 4]}, "b": {"min": 0, "max": 6}},
}
REPEATED = {
    **GRID,
    "parameters": {"a": {"values": [1, 2, 3, 4, 5, 6, 7]}, "b": {"expr": "2 * a"}, "c": {"values": [1, 2]}},
    "repeat": {"times": 2, "parameter": "seed"},
    "grid_order": "random",
}
SIZE = 28


async def living_points(world: World, sweep: str) -> collections.Counter:
    runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
    return collections.Counter(tuple(sorted(run["params"].items())) for run in runs)


async def eager_agent(world: World, sweep: str, number: int) -> None:
    agent = await world.join(sweep, number)
    while await world.work(agent, sweep, 1.0) is not None:
        pass


async def test_agents_that_ask_all_at_once_share_the_grid_without_overlap(world: World) -> None:
    sweep = await world.sweep(GRID)
    await asyncio.gather(*(eager_agent(world, sweep, number) for number in range(8)))
    points = await living_points(world, sweep)
    assert (len(points), points.total()) == (SIZE, SIZE)
    assert (await world.show(sweep))["state"] == "FINISHED"


class UnreliableAgent:
    """An agent on a bad day: it loses answers, its runs and itself."""

    def __init__(self, world: World, sweep: str, rng: random.Random) -> None:
        self.world, self.sweep, self.rng = world, sweep, rng
        self.agent: str | None = None
        self.run: str | None = None

    async def step(self) -> bool:
        """One action; False when the agent was sent away."""
        try:
            return await self._act()
        except Refused as refused:
            if refused.code == "sweep_not_running":
                return False
            if refused.code != "run_deleted":
                raise
            self.run = None  # somebody deleted what it works on
            return True

    async def _act(self) -> bool:
        if self.agent is None:
            self.agent = await self.world.join(self.sweep, self.rng.randint(1, 99))
        if self.run is not None:
            await self._go_on()
            return True
        answer = await self.world.next(self.agent)
        if answer["command"] == "run" and self.rng.random() < 0.8:  # else the answer got lost
            self.run = answer["run_id"]
            await self.world.begin(self.run, self.sweep)
        return answer["command"] != "exit"

    async def _go_on(self) -> None:
        luck = self.rng.random()
        if luck < 0.3:
            await self.world.log(self.run, self.rng.random())
            return
        if luck < 0.35:
            await self.world.call("DELETE", f"/agents/{self.agent}")
            self.agent = None
        else:
            await self.world.exit(self.agent, self.run, self.rng.choice([0, 0, 1, -9]))
        self.run = None


@pytest.mark.parametrize(("seed", "config"), list(enumerate([GRID] * 4 + [REPEATED] * 2)))
async def test_on_a_bad_day_every_point_still_has_exactly_one_living_run(
    tmp_path: Path, seed: int, config: dict
) -> None:
    rng = random.Random(seed)
    async with open_world(f"sqlite:///{tmp_path}/besom.db", seed) as world:
        sweep = await world.sweep(config)
        agents = [UnreliableAgent(world, sweep, rng) for _ in range(4)]
        handed_out: set[str] = set()
        for _ in range(3):  # the sweep ends, some runs are deleted, it is resumed
            working = list(agents)
            while working:
                some = rng.sample(working, rng.randint(1, len(working)))
                still = await asyncio.gather(*(agent.step() for agent in some))
                working = [agent for agent in working if agent not in some or still[some.index(agent)]]
                points = await living_points(world, sweep)
                assert max(points.values(), default=1) == 1
                await disturb(world, sweep, rng)
            runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
            assert (len(runs), (await living_points(world, sweep)).total()) == (SIZE, SIZE)
            handed_out |= {run["id"] for run in runs}
            for run in rng.sample(runs, 3):
                await world.call("DELETE", world.runs_path(run["id"]))
            await world.command(sweep, "resume")
            for agent in agents:
                agent.agent = agent.run = None
        assert len(handed_out) >= SIZE + 6


async def disturb(world: World, sweep: str, rng: random.Random) -> None:
    luck = rng.random()
    state = (await world.show(sweep))["state"]
    if luck < 0.05 and state == "RUNNING":
        await world.command(sweep, "pause")
        await world.command(sweep, "resume")
    elif luck < 0.15 and state == "RUNNING":
        runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
        if runs:
            await world.call("DELETE", world.runs_path(rng.choice(runs)["id"]))
    elif luck < 0.2:
        await world.silence(LEASE + 1)
