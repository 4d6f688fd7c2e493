"""Work for agents of all running sweeps of a project, the sweep with the highest priority first.

In each sweep such an agent is a *member*, an agent like any other (``pool_members``). So leases, limits, quarantine
and what follows from them are the sweep's own, and decided as ever; all that is decided here is which sweep is asked
first.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.protocol import NextRequest, NextRun, NextWait, PoolReply, PoolRequest, Run
from besom.server.services.configs import Plans
from besom.server.services.context import Context
from besom.server.services.heartbeats import LONGEST_WAIT
from besom.server.services.live import project_topic, sweep_topic
from besom.server.services.pool_members import Left, Over, enter, find_home, joined, record_ends, withdraw
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.scheduler import Scheduler, patience
from besom.server.services.users import Caller
from besom.server.store import pools

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CAPACITY = 10_000


class Pools:
    """Answers such agents."""

    def __init__(self, ctx: Context, plans: Plans, scheduler: Scheduler) -> None:
        self._ctx = ctx
        self._plans = plans
        self._scheduler = scheduler
        self._turns = itertools.count(1)
        self._served: dict[str, int] = {}
        """When each sweep had its last turn."""

    async def next(
        self, caller: Caller, place: tuple[str, str], pool: str, request: PoolRequest, disconnected: Callable[[], bool]
    ) -> PoolReply:
        """A run of the sweep whose turn it is; held back for up to ``request.wait`` seconds while no sweep has any.

        A sweep that had none is asked again when it is woken, as any agent that waits for it would.

        Args:
            caller: Whose agent it is.
            place: Entity and project.
            pool: The agent.
            request: What it asks.
            disconnected: Whether it does not wait for the answer any more.

        Raises:
            Invalid: it has no slots; in its sweeps it would be taken for their controller.
        """
        if request.about.slots < 1:
            slots = request.about.slots
            raise Invalid("bad_slots", f"{slots} slots work on no runs.", "Give 1 or more.", field="about.slots")
        deadline = time.monotonic() + min(request.wait, LONGEST_WAIT)
        home = await self._ctx.read(lambda conn: find_home(conn, caller, place, pool))
        ended: list[Run] = []
        if request.ended:
            ended = await self._ctx.write(
                lambda unit: record_ends(self._ctx, self._plans, unit, home, pool, request.ended)
            )
        await withdraw(self._ctx, home, pool, request.without)
        empty: dict[str, NextWait] = {}  # sweeps that had no run for it, until they are woken
        with self._ctx.live.listening(project_topic(home.id)) as listener:
            while True:
                order, refuses = await self._ctx.read(lambda conn: self._in_turn(conn, home.id, pool, request))
                listener.add(*map(sweep_topic, order))
                woken, listener.woken = listener.woken, set()
                empty = {one: empty[one] for one in order if one in empty and sweep_topic(one) not in woken}
                try:
                    reply = await self._first_of(order, empty, caller, pool, request, disconnected)
                except Left:
                    return PoolReply(next=NextWait(reason="the agent has left", ended=ended))
                seconds = patience(empty.values(), deadline - time.monotonic())
                if reply is None and not request.ended and await listener.wait(seconds):
                    continue
                reply = reply or _nothing(empty, refuses)
                reply.next.ended = ended
                return reply

    def _in_turn(self, conn: Connection, project_id: int, pool: str, request: PoolRequest) -> tuple[list[str], bool]:
        """The running sweeps, in the order in which they are asked for a run, and whether it refuses some.

        First those of runs that were handed to this agent and did not reach it, whatever has become of the sweep; then
        by priority. Among equals comes first who has the fewest runs at work, then whose turn was longest ago.
        """
        unheard = {run.sweep_id for run in pools.unclaimed(conn, pool) if run.id not in request.holding}

        def place(sweep: Any) -> tuple[bool, float, int, int]:
            # An older server took anything as a priority.
            priority = sweep.priority if isinstance(sweep.priority, int | float) else 0
            return sweep.id not in unheard, -priority, sweep.at_work, self._served.get(sweep.id, 0)

        running = sorted(pools.open_sweeps(conn, project_id, unheard), key=place)
        order = [sweep.id for sweep in running if sweep.id in unheard or sweep.id not in request.without]
        return order, len(order) < len(running)

    async def _first_of(
        self,
        order: Sequence[str],
        empty: dict[str, NextWait],
        caller: Caller,
        pool: str,
        request: PoolRequest,
        disconnected: Callable[[], bool],
    ) -> PoolReply | None:
        """A run of the first sweep that has one; the others that were asked are ``empty`` then."""
        asked = NextRequest(holding=request.known, wait=0)  # ends are recorded, and as good as held until it hears so
        for sweep_id in order:
            if sweep_id in empty:
                continue
            self._take_turn(sweep_id)
            who = partial(enter, self._ctx, caller, pool, sweep_id, request.about, disconnected)
            try:
                reply = await self._scheduler.look(caller, who, asked, disconnected)
                if isinstance(reply, NextRun):
                    about = await self._ctx.read(partial(joined, self._ctx, caller, pool, sweep_id))
                    return PoolReply(next=reply, joined=about)
            except (Over, Missing):  # it was deleted, or has ended, since the order was read
                continue
            except (Conflict, Invalid) as error:  # search finds no point; its configuration is none any more
                reply = NextWait(reason=error.message.rstrip("."))
            if isinstance(reply, NextWait):
                empty[sweep_id] = reply
        return None

    def _take_turn(self, sweep_id: str) -> None:
        if len(self._served) >= _CAPACITY:
            self._served.clear()
        self._served[sweep_id] = next(self._turns)


def _nothing(empty: Mapping[str, NextWait], refuses: bool) -> PoolReply:
    """The answer where no sweep has a run to give; ``refuses``: there are others, of which the agent takes none."""
    if not empty:
        reason = "no sweep of the project is running" + (" of which this agent takes runs" if refuses else "")
        return PoolReply(next=NextWait(reason=reason), idle=True)
    others = f", nor has any of {len(empty) - 1} others" if len(empty) > 1 else ""
    name, wait = next(iter(empty.items()))
    quarantined = all(reply.quarantined for reply in empty.values())
    return PoolReply(
        next=NextWait(reason=f"sweep {name} has no run now ({wait.reason}){others}", quarantined=quarantined)
    )
