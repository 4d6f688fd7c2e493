"""The agents of the lease model: of one sweep, and of all sweeps of the project. What each knows, and how it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from server_world import Refused, World


class Held(NamedTuple):
    """A run that an agent has begun to work on."""

    sweep: str
    member: str
    """Who the agent is in that sweep."""
    spool: str
    """Of the process that it started."""
    hand_out: int
    """How often the run had been given to anybody then."""


@dataclass(eq=False)
class Agent:
    """An agent of one sweep."""

    id: str
    sweep: str
    held: dict[str, Held] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)
    """Runs that the server gave it, in answers that were lost."""

    async def next(self, world: World, *, late: bool = False) -> tuple[dict[str, Any], str, str]:
        """The answer to its question for a run, the sweep of that run, and who the agent is there. ``late``: it is one
        from the time when it had no runs, which comes once more."""
        return await world.next(self.id, () if late else tuple(self.held)), self.sweep, self.id

    async def beat(self, world: World) -> None:
        await world.beat(self.id, tuple(self.held))

    async def leave(self, world: World) -> bool:
        """Leaves, twice; whether the server knows from then on that it has, and did not miss it before."""
        shown = (await world.call("GET", f"/sweeps/{self.sweep}/agents"))["agents"]
        was_missed = next(one["state"] for one in shown if one["id"] == self.id) == "gone"
        for _ in range(2):
            await world.call("DELETE", f"/agents/{self.id}")
        return not was_missed

    async def come_late(self, world: World) -> None:
        """What it sent before it left arrives now, when nobody waits for the answer."""
        for late in (world.next(self.id), world.beat(self.id)):
            with pytest.raises(Refused, match="agent_left"):
                await late


class PoolAgent(Agent):
    """An agent of the project; in each sweep that gives it a run it is an agent of its own."""

    @property
    def _route(self) -> str:
        return f"/projects/ann/demo/pool/{self.id}"

    async def next(self, world: World, *, late: bool = False) -> tuple[dict[str, Any], str, str]:
        body = {"holding": [] if late else list(self.held), "wait": 0, "about": {"host": "box", "pid": 7, "slots": 2}}
        reply = await world.call("POST", f"{self._route}/next", body)
        joined = reply["joined"]
        return reply["next"], *((joined["sweep"]["id"], joined["agent_id"]) if joined else ("", ""))

    async def beat(self, world: World) -> None:
        await world.call("POST", f"{self._route}/heartbeat", {"holding": list(self.held), "wait": 0})

    async def leave(self, world: World) -> bool:
        for _ in range(2):
            await world.call("DELETE", self._route)
        return True

    async def come_late(self, world: World) -> None:
        await self.beat(world)
        assert (await self.next(world))[0]["command"] == "wait"
