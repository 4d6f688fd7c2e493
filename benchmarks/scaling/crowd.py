"""What agents cost a server, by how many of them it has: CPU time of its process for each of their requests."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import uvloop
from load.served import Served, serving
from load.wire import Tally

from scaling.cost import Clock, Cost, middle

ROUNDS = 3
HELD = 5.0
"""Seconds for which a heartbeat's answer is held back, as those of agents are for a third of their lease."""
ALONE = 100
"""Agents that ask one after the other."""
JOINING = 64
"""Agents that join at the same time."""
_FILES = 20_000
_PROJECT = "crowd"


class Member:
    """One of them: it has a run at any time, and two connections, as agents do."""

    def __init__(self, server: Served, sweep: str, number: int) -> None:
        self._asking, self._beating = server.client(Tally()), server.client(Tally())
        self._sweep, self._number = sweep, number
        self._agent = self._run = ""

    async def join(self) -> None:
        about = {"host": f"box{self._number}", "pid": self._number + 1}
        joined = await self._asking.ask("POST", f"/sweeps/{self._sweep}/agents", about)
        self._agent = f"/agents/{joined['agent_id']}"

    async def next(self) -> None:
        """Tells that its run has ended, and gets another one."""
        ended = [{"run_id": self._run, "exit_code": 0}] if self._run else []
        order = await self._asking.ask("POST", f"{self._agent}/next", {"holding": [], "wait": 20, "ended": ended})
        self._run = order["run_id"]

    async def beat(self) -> None:
        """A heartbeat that is answered at once."""
        await self._asking.ask("POST", f"{self._agent}/heartbeat", {"holding": [self._run], "wait": 0})

    async def held(self) -> None:
        """A heartbeat as agents send it, whose answer waits for an order."""
        await self._beating.ask("POST", f"{self._agent}/heartbeat", {"holding": [self._run], "wait": HELD})

    def close(self) -> None:
        self._asking.close()
        self._beating.close()


Ask = Callable[[Member], Awaitable[None]]


def measure(folder: Path, count: int, url: str, database: int | None) -> dict[str, Cost]:
    """What each request costs.

    Args:
        folder: Of the server's own files.
        count: How many agents there are.
        url: Of an empty database.
        database: PostgreSQL's first process, if it is one.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # connections are files, here and in the server
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES if most == resource.RLIM_INFINITY else min(_FILES, most), most))
    # No rate is too high, and no lease runs out while others are counted.
    with serving(folder, "rate=1000000", options=("--lease", "3600", "--db", url)) as server:
        return uvloop.run(_costs(server, Clock(server, database), count))


async def _costs(server: Served, clock: Clock, count: int) -> dict[str, Cost]:
    sweep = await server.sweep(_PROJECT)
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(contextlib.closing(Member(server, sweep, number))) for number in range(count)]
        few = crowd[:: max(1, count // ALONE)][:ALONE]
        found = {"an agent joins": await _together(clock, crowd, Member.join, JOINING)}
        await _together(clock, crowd, Member.next)  # the first run of each
        found["`next`, one after the other"] = await _one_by_one(clock, few, Member.next)
        found["`next`, all at the same time"] = await _rounds(clock, crowd, Member.next)
        found["a heartbeat, one after the other"] = await _one_by_one(clock, few, Member.beat)
        found[f"a heartbeat, all at the same time and held for {HELD:.0f} s"] = await _rounds(clock, crowd, Member.held)
        begun = clock.read()
        await asyncio.sleep(HELD)
        found["the server by itself, each second"] = clock.since(begun, HELD)
        return found


async def _rounds(clock: Clock, crowd: Sequence[Member], ask: Ask) -> Cost:
    return middle([await _together(clock, crowd, ask) for _ in range(ROUNDS)])


async def _together(clock: Clock, crowd: Sequence[Member], ask: Ask, most: int | None = None) -> Cost:
    places = asyncio.Semaphore(most or len(crowd))

    async def one(member: Member) -> None:
        async with places:
            await ask(member)

    begun = clock.read()
    await asyncio.gather(*map(one, crowd))
    return clock.since(begun, len(crowd))


async def _one_by_one(clock: Clock, crowd: Sequence[Member], ask: Ask) -> Cost:
    taken = []
    for _ in range(ROUNDS):
        begun = clock.read()
        for member in crowd:
            await ask(member)
        taken.append(clock.since(begun, len(crowd)))
    return middle(taken)
