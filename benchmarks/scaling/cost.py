"""What the requests that people and agents make most cost a server, in CPU time of its process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from harness import median
from load.served import Served
from load.wire import Client, Tally
from page.runs import METRIC, OWNER

from scaling.project import Size

ROUNDS = 5
SLOW = 5_000.0
"""Milliseconds; what takes longer is not asked again."""
Ask = Callable[[], Awaitable[object]]


class Cost(NamedTuple):
    """Milliseconds of CPU."""

    server: float
    database: float
    """Of PostgreSQL; 0 where the server has its database in itself."""


class Clock:
    """The CPU time that a server takes, and the PostgreSQL beside it, to the nanosecond (``clock_getcpuclockid``)."""

    def __init__(self, server: Served, database: int | None) -> None:
        """``database`` is PostgreSQL's first process, if there is one."""
        self._server, self._database = server.pid, database

    def read(self) -> Cost:
        """What both have taken since they began."""
        return Cost(_taken(self._server), _taken_by_family(self._database) if self._database else 0.0)

    def since(self, begun: Cost, shared_by: float = 1) -> Cost:
        """What both have taken since then, divided among so many."""
        now = self.read()
        return Cost((now.server - begun.server) / shared_by, (now.database - begun.database) / shared_by)


def _taken_by_family(pid: int) -> float:
    """Of a process and of its children that are alive."""
    total = _taken(pid)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):  # it has just ended
            total += _taken(int(child))
    return total


def _taken(pid: int) -> float:
    return 1000 * time.clock_gettime((~pid << 3) | 2)


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians."""
    return Cost(median([cost.server for cost in costs]), median([cost.database for cost in costs]))


async def costs(server: Served, clock: Clock, size: Size, sweep: str) -> dict[str, Cost]:
    """Of each request, the medians of some rounds."""
    async with server.client(Tally()) as client:
        found = {}
        for name, ask in (await _asks(client, size, sweep)).items():
            taken: list[Cost] = []
            for _ in range(ROUNDS + 1):
                begun = clock.read()
                await ask()
                taken.append(clock.since(begun))
                if taken[-1].server > SLOW:  # once is enough
                    break
            found[name] = middle(taken[1:] or taken)
        return found


async def _asks(client: Client, size: Size, sweep: str) -> dict[str, Ask]:
    project = f"/projects/{OWNER}/{size.name}"
    runs, run = f"{project}/runs", f"{project}/runs/{sweep}-{size.runs // 2}"
    agent = (await client.ask("POST", f"/sweeps/{sweep}/agents", {"host": "box", "pid": 1}))["agent_id"]
    holding: list[str] = []
    narrow = quote(json.dumps({"config.depth": 3, f"summary_metrics.{METRIC}": {"$lt": 0.2}}))

    def get(path: str) -> Ask:
        return lambda: client.ask("GET", path)

    async def suggest() -> None:
        order = await client.ask("POST", f"/agents/{agent}/next", {"holding": holding, "wait": 0})
        holding.append(order["run_id"])

    async def report() -> None:
        row = {"type": "history", "step": 1, "time": time.time(), "data": {METRIC: 0.3}}
        name = holding[-1]
        new = {"id": name, "sweep_id": sweep, "started": time.time(), "spool": name}
        offset = (await client.ask("POST", runs, new))["offset"]
        await client.ask("POST", f"{runs}/{name}/stream?offset={offset}&spool={name}", json.dumps(row).encode() + b"\n")

    async def edit() -> None:
        """Other configurations in turn: the space stays, a budget that is never used up comes."""
        config = (await client.ask("GET", f"/sweeps/{sweep}"))["config"]
        limits = {"gpu_hours": 10**6 + len(edited), "no_improvement_in": 10**6}
        edited.append(json.dumps({**config, "budget": limits}))
        await client.ask("POST", f"/sweeps/{sweep}/versions", {"text": edited[-1]})

    edited: list[str] = []
    version = (await client.ask("GET", f"{runs}?limit=1&fields=id"))["version"]
    hundred = "&".join(f"runs={sweep}-{number}" for number in range(min(100, size.runs)))

    return {
        "newest 100 runs": get(f"{runs}?limit=100&order=-created_at"),
        "best 100 runs": get(f"{runs}?limit=100&order=best"),
        "100 runs by any number": get(f"{runs}?limit=100&order=%2Bsummary_metrics.{METRIC}"),
        "100 runs by a condition": get(f"{runs}?limit=100&filter={narrow}"),
        "what changed since": get(f"{runs}?since={version}&limit=100"),
        "a sweep's head": get(f"/sweeps/{sweep}"),
        "a run's curve": get(f"{run}/curves?keys={METRIC}&points=1000"),
        "100 curves": get(f"{project}/curves?{hundred}&keys={METRIC}&points=500"),
        "a suggestion": suggest,
        "a claim and a report": report,
        "a heartbeat": lambda: client.ask("POST", f"/agents/{agent}/heartbeat", {"holding": holding, "wait": 0}),
        "10,000 runs": get(f"{runs}?limit=10000&sweep={sweep}"),
        "all curves of the sweep": get(f"/sweeps/{sweep}/curves?key={METRIC}&points=500"),
        "a project's head": get(project),
        "the sweep is edited": edit,
        "a suggestion under a budget": suggest,
        "its sweep's head": get(f"/sweeps/{sweep}"),
    }


def measure(server: Served, clock: Clock, size: Size, sweep: str) -> dict[str, Cost]:
    """``costs``, for those without an event loop."""
    return asyncio.run(costs(server, clock, size, sweep))
