"""No point is handed out twice, whatever agents and people do with grid, random and bayes sweeps that have a queue."""

from __future__ import annotations

import asyncio
import collections
import tempfile
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_world import Refused, World, exit_record, line, open_world

PARAMETERS = {"a": {"values": [1, 2, 3, 4]}, "b": {"values": ["x", "y", "z"]}}
POINTS = [(a, b) for a in (1, 2, 3, 4) for b in ("x", "y", "z")]
ACTIONS = ("ask", "ask", "ask", "ask lost", "queue", "finish", "preempt", "leave", "pause", "both")


async def refusal(call: Awaitable[object]) -> str | None:
    """The code of the error that a call ends with."""
    try:
        await call
    except Refused as refused:
        return refused.code
    return None


class Play:
    """Agents and a person at one sweep, step by step; every hand-out is noted."""

    def __init__(self, world: World, sweep: str) -> None:
        self.world, self.sweep = world, sweep
        self.agents: dict[str, set[str]] = {}
        self.handed_out: dict[str, tuple] = {}
        self.spools: dict[str, str] = {}
        self.begun = 0

    async def agent(self, number: int) -> str:
        while len(self.agents) <= number % 3:
            self.agents[await self.world.join(self.sweep, number)] = set()
        return list(self.agents)[number % 3]

    async def ask(self, agent: str, *, lost: bool = False) -> None:
        answer = await self.world.next(agent, tuple(self.agents[agent]))
        if answer["command"] != "run":
            return
        run, point = answer["run_id"], (answer["params"]["a"], answer["params"]["b"])
        assert self.handed_out.setdefault(run, point) == point
        if not lost:
            self.agents[agent].add(run)
            self.spools[run] = f"{run}-{self.begun}"
            self.begun += 1
            begun = await self.world.begin(run, self.sweep, spool=self.spools[run], resume="allow")
            assert begun["resumed"] == answer["resume"]

    async def queue(self, number: int) -> None:
        a, b = POINTS[number % len(POINTS)]
        queueing = self.world.call("POST", f"/sweeps/{self.sweep}/queue", {"params": {"a": a, "b": b}})
        code = await refusal(queueing)
        held = (await self.living())[a, b] > 0
        assert code in (None, "sweep_not_running") or (held and code == "point_has_run")

    async def living(self) -> collections.Counter:
        runs = (await self.world.runs(sweep=self.sweep, limit=1000))["runs"]
        return collections.Counter((run["params"]["a"], run["params"]["b"]) for run in runs)

    async def end(self, agent: str, *, preempted: bool = False) -> None:
        if not self.agents[agent]:
            return
        run = self.agents[agent].pop()
        if preempted:
            spool = self.spools[run]
            at = (await self.world.begin(run, self.sweep, spool=spool, resume="allow"))["offset"]
            told = line({"type": "preempting", "time": 7.0}) + exit_record(143)
            await self.world.call("POST", f"{self.world.runs_path(run)}/stream?offset={at}&spool={spool}", told)
        await self.world.exit(agent, run, 143 if preempted else 0)

    async def leave(self, agent: str) -> None:
        for run in self.agents.pop(agent):
            await self.world.exit(agent, run, 0)
        await self.world.call("DELETE", f"/agents/{agent}")

    async def step(self, action: str, number: int) -> None:
        agent = await self.agent(number)
        if action == "pause":
            if (await self.world.show(self.sweep))["state"] == "RUNNING":
                await self.world.command(self.sweep, "pause")
                assert (await self.world.next(agent, tuple(self.agents[agent])))["command"] in ("wait", "run")
                await self.world.command(self.sweep, "resume")
        elif action == "both":
            await asyncio.gather(self.ask(agent), self.queue(number))
        else:
            acts: dict[str, Callable[[], Awaitable[None]]] = {
                "ask": lambda: self.ask(agent),
                "ask lost": lambda: self.ask(agent, lost=True),
                "queue": lambda: self.queue(number),
                "finish": lambda: self.end(agent),
                "preempt": lambda: self.end(agent, preempted=True),
                "leave": lambda: self.leave(agent),
            }
            await acts[action]()


async def play(method: str, steps: list[tuple[str, int]]) -> None:
    config = {"method": method, "metric": {"name": "loss"}, "parameters": PARAMETERS}
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(f"sqlite:///{folder}/besom.db") as world:
            game = Play(world, await world.sweep(config))
            for action, number in steps:
                before = await game.living()
                assert await refusal(game.step(action, number)) in (None, "sweep_not_running")
                after = await game.living()
                if method == "grid":
                    assert max(after.values(), default=1) == 1
                new = after - before
                if action != "queue" and len(before) < len(POINTS):
                    assert all(before[point] == 0 for point in new) or action == "both"


@pytest.mark.parametrize("method", ["grid", "random", "bayes"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11)), max_size=25))
def test_no_point_is_handed_out_twice(method: str, steps: list[tuple[str, int]]) -> None:
    asyncio.run(play(method, steps))
