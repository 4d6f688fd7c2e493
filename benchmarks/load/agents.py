"""Agents that work for one sweep, each with a run after the other, as ``besom agent`` and its programs speak."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from typing import Any

import msgspec
from harness import percentile

from load.promises import Storm, growth
from load.served import Served, measured_memory
from load.wire import Client, Tally

RUN_SECONDS = 10.0
ROWS = 5
"""Pieces of spool that a run sends while it lasts."""
JITTER = 0.1
"""By how much of itself a pause differs. Programs are no clocks: where all pauses are equal to the microsecond, agents
whose requests one commit has answered come back together, and after some minutes a thousand of them march in step."""
_BEAT = 15.0
_PROJECT = "agents"


class Agent:
    """Joins, asks, runs, tells how a run ended when it asks for the next; a second connection beats for it."""

    def __init__(self, server: Served, sweep: str, number: int, tally: Tally) -> None:
        self._server, self._sweep, self._number, self._tally = server, sweep, number, tally
        self._random = random.Random(number)
        self._runs = f"/projects/{server.entity}/{_PROJECT}/runs"
        self._holding: list[str] = []
        self.done: list[str] = []
        self.lived = 0.0
        """Seconds from its first heartbeat to its end."""
        self.beaten = 0.0
        """Seconds of that for which a heartbeat was held; the others are those that answers came late."""

    async def work(self, begin: float, until: float) -> None:
        """From ``begin`` to ``until``, by the event loop's clock, and to the end of the run that it then has."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(begin - loop.time())
        async with self._server.client(self._tally) as client, self._server.client(self._tally) as second:
            about = {"host": f"load-{self._number}", "pid": self._number + 1}
            joined = await client.ask("POST", f"/sweeps/{self._sweep}/agents", about, "join")
            agent = f"/agents/{joined['agent_id']}"
            born, beating = loop.time(), asyncio.create_task(self._beat(second, agent))
            ended: list[dict[str, Any]] = []
            while loop.time() < until:
                order = await client.ask("POST", f"{agent}/next", {"holding": [], "wait": 20, "ended": ended}, "next")
                ended = []
                if order["command"] == "run":
                    await self._run(client, order)
                    ended = [{"run_id": order["run_id"], "exit_code": 0}]
            for last in ended:
                await client.ask("POST", f"{agent}/runs/{last['run_id']}/exit", {"exit_code": 0}, "exit")
            self.lived = loop.time() - born
            beating.cancel()
            await client.ask("DELETE", agent)

    async def _run(self, client: Client, order: dict[str, Any]) -> None:
        run = order["run_id"]
        self._holding = [run]
        new = {"id": run, "sweep_id": self._sweep, "started": time.time(), "spool": run, "host": "load"}
        offset = (await client.ask("POST", self._runs, new, "begin"))["offset"]
        for step in range(ROWS):
            await asyncio.sleep(RUN_SECONDS / ROWS * self._random.uniform(1 - JITTER, 1 + JITTER))
            row = {"type": "history", "step": step, "time": time.time(), "data": {"loss": 1 / (step + 1)}}
            piece = msgspec.json.encode(row) + b"\n"
            if step == ROWS - 1:
                piece += msgspec.json.encode({"type": "exit", "code": 0, "time": time.time()}) + b"\n"
            path = f"{self._runs}/{run}/stream?offset={offset}&spool={run}"
            offset = (await client.ask("POST", path, piece, "stream"))["offset"]
        self._holding = []
        self.done.append(run)

    async def _beat(self, client: Client, agent: str) -> None:
        while True:
            began = time.perf_counter()
            try:
                await client.ask("POST", f"{agent}/heartbeat", {"holding": self._holding, "wait": _BEAT})
            finally:  # one that hangs when the agent ends is late, too
                took = time.perf_counter() - began
                self.beaten += min(took, _BEAT)
                self._tally.took("heartbeat", max(0.0, took - _BEAT))


def quarters(values: list[float]) -> list[list[float]]:
    """Four parts of values that came one after the other; empty ones where there are fewer than four."""
    ends = [len(values) * part // 4 for part in range(5)]
    return [values[begin:end] for begin, end in itertools.pairwise(ends)]


async def storm(server: Served, count: int, seconds: float) -> Storm:
    """``count`` agents for so many seconds; they come within the time of one run, and so do their requests."""
    tally, sweep = Tally(), await server.sweep(_PROJECT)
    begin, cpu = asyncio.get_running_loop().time(), server.cpu()
    agents = [Agent(server, sweep, number, tally) for number in range(count)]
    async with measured_memory(server) as memory:
        await asyncio.gather(
            *(
                agent.work(begin + RUN_SECONDS * number / count, begin + RUN_SECONDS + seconds)
                for number, agent in enumerate(agents)
            )
        )
    cpu = server.cpu() - cpu
    done = [run for agent in agents for run in agent.done]
    finished = await server.count(_PROJECT, state="finished")
    everything = await server.count(_PROJECT)
    result = Storm(f"{count} agents, runs of {RUN_SECONDS:.0f} s, for {seconds:.0f} s")
    milliseconds = {what: [1000 * value for value in values] for what, values in tally.latencies.items()}
    result.at_most("`next`, 99th percentile", percentile(milliseconds["next"], 99), 100, "ms")
    result.at_most("heartbeats late, longest", max(milliseconds["heartbeat"]) / 1000, 15, "s")
    due = sum(agent.lived for agent in agents) / _BEAT
    result.at_least("heartbeats answered, of those due", sum(agent.beaten for agent in agents) / _BEAT / due, 0.95)
    result.at_most("agents or runs lost", server.events("agent.lost") + server.events("run.crashed"), 0)
    result.at_most("requests failed", sum(tally.errors.values()), 0)
    result.at_most("requests refused", tally.statuses[429] + tally.statuses[503], 0)
    result.at_most("runs handed out twice", len(done) - len(set(done)), 0)
    result.at_least("runs finished, of those that agents ended", finished / max(1, len(set(done))), 1)
    result.at_most("runs that no agent had", everything - len(set(done)), 0)
    result.at_most("memory, end against one third", growth(memory), 1.15, "x")
    asked = sum(tally.statuses.values())
    result.facts = [f"{len(done)} runs", f"{asked / (seconds + RUN_SECONDS):.0f} requests/s"]
    result.facts.append(f"{1000 * cpu / asked:.2f} ms of the server's CPU for each")
    result.facts += [f"{what} {percentile(values, 50):.0f}/{percentile(values, 99):.0f} ms (median/99 %)"
                     for what, values in milliseconds.items() if what != "heartbeat"]  # fmt: skip
    parts = [percentile(part, 99) for part in quarters(milliseconds["next"])]
    result.facts.append(f"next by quarters of the time {', '.join(f'{part:.0f}' for part in parts)} ms (99 %)")
    result.facts.append(f"{memory[-1]:.0f} MB at the end")
    return result
