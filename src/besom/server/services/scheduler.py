"""Work for agents: which run comes next, and why there is none.

Everything that decides happens in one write transaction, and writes happen one after the other: so no point is handed
out twice, whoever asks at the same time. Grid points, and random points of infinite spaces, cost microseconds and are
made right there. What needs the runs before it is computed outside, one suggestion at a time per sweep, and the
transaction that commits it begins anew when the sweep has moved on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import msgspec

from besom.protocol import EndedRun, NextExit, NextReply, NextRequest, NextRun, NextWait, Run
from besom.server.services import queue
from besom.server.services.agents import LONGEST_WAIT, find_agent, hear, record_exit
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.live import sweep_topic
from besom.server.services.refusals import Missing
from besom.server.services.returns import drop
from besom.server.services.states import is_open
from besom.server.services.sweep_state import cap_reason, cap_state, change_sweep_state, grid_reason, touch_sweep
from besom.server.services.users import Caller
from besom.server.store import points, runs, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.search import Suggestion, Trial

_ATTEMPTS = 20
"""Suggestions in a row that may come too late before the agent is asked to try again."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Not an answer yet: search must be asked first."""

    sweep: Any


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion, and the number of suggestions that were handed out when it was made."""

    index: int
    suggestion: Suggestion


class Scheduler:
    """Answers ``next``."""

    def __init__(self, ctx: Context, plans: Plans) -> None:
        self._ctx = ctx
        self._plans = plans
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._quick = ThreadPoolExecutor(2, thread_name_prefix="besom-random")
        self._slow = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="besom-bayes")

    def close(self) -> None:
        """Ends the threads."""
        self._quick.shutdown(cancel_futures=True)
        self._slow.shutdown(cancel_futures=True)

    async def next(
        self, caller: Caller, agent_id: str, request: NextRequest, hung_up: Callable[[], bool] = lambda: False
    ) -> NextReply:
        """The agent's next run; held back for up to ``request.wait`` seconds while there is nothing to do.

        Runs that ended are recorded in the same transaction, and then told of at once.

        Args:
            caller: Whose agent it is.
            agent_id: The agent.
            request: What it asks.
            hung_up: Whether the agent does not wait for the answer any more: then it gets no run.
        """
        if request.ended:
            return await self._look(caller, agent_id, request, hung_up)
        deadline = self._ctx.clock() + min(request.wait, LONGEST_WAIT)
        sweep_id = await self._ctx.read(lambda conn: str(find_agent(conn, caller, agent_id).sweep_id))
        with self._ctx.live.listening(sweep_topic(sweep_id)) as listener:
            reply = await self._look(caller, agent_id, request, hung_up)
            while isinstance(reply, NextWait) and await listener.wait(deadline - self._ctx.clock()):
                reply = await self._look(caller, agent_id, request, hung_up, waited=True)
            return reply

    async def _look(
        self, caller: Caller, agent_id: str, request: NextRequest, hung_up: Callable[[], bool], *, waited: bool = False
    ) -> NextReply:
        decide = partial(self._decide, caller, agent_id, request, hung_up, waited)

        def begin(unit: Unit) -> tuple[list[Run], NextReply | Ask]:
            return self._record(unit, caller, agent_id, request.ended), decide(None, unit)

        ended, answer = await self._ctx.write(begin)
        reply = await self._suggest(answer.sweep, decide) if isinstance(answer, Ask) else answer
        return msgspec.structs.replace(reply, ended=ended) if ended else reply

    async def _suggest(self, sweep: Any, decide: Callable[[Offer, Unit], NextReply | Ask]) -> NextReply:
        async with self._turns.setdefault(sweep.id, asyncio.Lock()):
            for _ in range(_ATTEMPTS):
                answer = await self._ctx.write(partial(decide, await self._search(sweep)))
                if not isinstance(answer, Ask):
                    return answer
        return NextWait(reason="other agents were faster each time; ask again")

    def _record(self, unit: Unit, caller: Caller, agent_id: str, ended: list[EndedRun]) -> list[Run]:
        """Records the ends of an agent's runs; returns the runs, without those that were deleted meanwhile."""
        runs_now: list[Run] = []
        agent = find_agent(unit.conn, caller, agent_id) if ended else None
        for end in ended:
            with contextlib.suppress(Missing):
                runs_now.append(record_exit(self._ctx, self._plans, unit, agent, end.run_id, end))
        return runs_now

    async def _search(self, sweep: Any) -> Offer:
        from besom.search import suggest

        plan = self._plans.of(sweep)

        def look(conn: Connection) -> tuple[int, list[Any]]:
            latest = sweeps.get(conn, sweep.id)
            return (latest.suggested if latest else 0), points.trials(conn, sweep.id)

        index, rows = await self._ctx.read(look)

        def compute() -> Suggestion:
            warm = plan.warm if plan.config.method == "bayes" else None
            return suggest(plan.config, trials_of(plan, rows), index=index, seed=sweep.seed, warm=warm)[0]

        pool = self._slow if plan.config.method == "bayes" else self._quick
        return Offer(index, await asyncio.get_running_loop().run_in_executor(pool, compute))

    def _decide(
        self,
        caller: Caller,
        agent_id: str,
        request: NextRequest,
        hung_up: Callable[[], bool],
        waited: bool,
        offer: Offer | None,
        unit: Unit,
    ) -> NextReply | Ask:
        agent = find_agent(unit.conn, caller, agent_id)
        if agent.state == "gone" and (waited or offer is not None):  # it left meanwhile: nobody hears this answer
            return NextWait(reason="the agent has left")
        if hung_up():
            return NextWait(reason="the agent does not wait for the answer any more")
        hear(unit, agent, request.holding)
        if repeated := _repeat(unit, agent, request.holding):
            return repeated
        sweep = sweeps.get(unit.conn, agent.sweep_id)
        if sweep is None:
            raise LookupError(f"agent {agent_id} has outlived its sweep")
        if sweep.state == "PAUSED":
            return NextWait(reason=f"the sweep is paused: {sweep.state_reason}")
        if not is_open(sweep.state):
            return NextExit(reason=sweep.state_reason, sweep_state=sweep.state)
        plan = self._plans.of(sweep)
        if preempted := queue.take_preempted(unit, agent):  # it was counted when it began
            return self._handed_out(unit, sweep, plan, preempted)
        cap = cap_state(unit, sweep.id, plan)
        if cap == "reached":
            change_sweep_state(unit, sweep, "complete", "server", cap_reason(plan))
            return NextExit(reason=cap_reason(plan), sweep_state="FINISHED")
        if cap == "undecided":
            return NextWait(
                reason=f"run_cap {plan.config.run_cap} is reached unless a run dies before it has reported anything"
            )
        if queued := queue.take_queued(unit, agent):
            return self._handed_out(unit, sweep, plan, queued)
        if plan.config.method == "custom" or plan.config.controller == "local":
            return NextWait(reason="the sweep's runs come from a controller outside the server, and none is queued")
        if plan.config.method == "grid":
            return self._next_grid_point(unit, agent, sweep, plan)
        return self._next_suggestion(unit, agent, sweep, plan, offer)

    def _next_grid_point(self, unit: Unit, agent: Any, sweep: Any, plan: Plan) -> NextReply:
        from besom.search import point_hash

        index, walked = next_free_point(unit, sweep, plan)
        if index is None:
            sweeps.change(unit.conn, sweep.id, {"suggested": walked})
            change_sweep_state(unit, sweep, "complete", "server", grid_reason(plan))
            return NextExit(reason=grid_reason(plan), sweep_state="FINISHED")
        values = plan.grid.point(index)
        why = {"method": "grid", "point": index, "of": plan.grid.size}
        columns = {"point_hash": point_hash(values), "point_index": index}
        sweeps.change(unit.conn, sweep.id, {"suggested": walked})
        return self._handed_out(unit, sweep, plan, self._create(unit, agent, sweep, values, why, columns))

    def _next_suggestion(self, unit: Unit, agent: Any, sweep: Any, plan: Plan, offer: Offer | None) -> NextReply | Ask:
        from besom.search import point_hash, suggest

        if plan.needs_trials:
            if offer is None or offer.index != sweep.suggested:
                return Ask(sweep)
            suggestion = offer.suggestion
        else:
            (suggestion,) = suggest(plan.config, [], index=sweep.suggested, seed=sweep.seed)
        identity = point_hash(suggestion.values)
        columns = {"point_hash": identity, "round": points.next_round(unit.conn, sweep.id, identity)}
        sweeps.change(unit.conn, sweep.id, {"suggested": sweep.suggested + 1})
        run = self._create(unit, agent, sweep, suggestion.values, suggestion.why, columns)
        return self._handed_out(unit, sweep, plan, run)

    def _create(
        self, unit: Unit, agent: Any, sweep: Any, values: Any, why: dict[str, Any], columns: dict[str, Any]
    ) -> Any:
        lease = {"agent_id": agent.id, "heartbeat": unit.now}
        return queue.create_run(self._ctx, unit, sweep, values, why, {**columns, **lease})

    def _handed_out(self, unit: Unit, sweep: Any, plan: Plan, run: Any) -> NextRun:
        """What follows from a run's being handed out: a sweep begins with its first, a grid ends with its last."""
        if sweep.state == "PENDING":
            change_sweep_state(unit, sweep, "start", "server", f"its first run, {run.name}, was handed out")
        touch_sweep(unit, sweep.project_id, sweep.id)
        if plan.config.method == "grid" and plan.config.controller != "local":
            latest = sweeps.get(unit.conn, sweep.id)
            left, walked = next_free_point(unit, latest, plan, take=False)
            sweeps.change(unit.conn, sweep.id, {"suggested": walked})
            if left is None and not queue.has_waiting(unit, sweep.id):
                change_sweep_state(unit, latest, "complete", "server", grid_reason(plan))
        return _as_work(run)


def next_free_point(unit: Unit, sweep: Any, plan: Plan, *, take: bool = True) -> tuple[int | None, int]:
    """The lowest grid point without a run, and how far the grid is walked then; None when every point has one.

    Points that were freed come first. On the way, prior runs are told which points they cover, so that deleting them
    frees these.

    Args:
        unit: The transaction.
        sweep: The sweep's row; all points below ``suggested`` have, or had, a run.
        plan: Its plan.
        take: Whether the point is about to be handed out.
    """
    from besom.search import point_hash

    index = sweep.suggested
    if not take and points.has_freed(unit.conn, sweep.id):
        return index, index
    while take and (freed := points.take_freed(unit.conn, sweep.id)) is not None:
        if points.holder(unit.conn, sweep.id, point_hash(plan.grid.point(freed))) is None:
            return freed, index
    while index < plan.grid.size:
        identity = point_hash(plan.grid.point(index))
        holder = points.holder(unit.conn, sweep.id, identity)
        if holder is None and not points.is_borrowed(unit.conn, sweep.id, identity):
            return index, index + 1 if take else index
        if holder is not None and holder.point_index is None:
            points.set_index(unit.conn, holder.key, index)
        index += 1
    return None, index


def trials_of(plan: Plan, rows: list[Any]) -> list[Trial]:
    """Rows of ``store.points.trials`` as search wants them."""
    from besom.search import Trial, unnest

    paths = [parameter.path for parameter in plan.config.parameters]
    return [
        Trial(unnest(row.params, paths), row.state, row.metric_best, row.metric_last, row.metric_worst) for row in rows
    ]


def _repeat(unit: Unit, agent: Any, holding: list[str]) -> NextRun | None:
    """A run that was handed to this agent and never reached it. One that was to be stopped meanwhile is over."""
    for run in runs.leases(unit.conn, agent.id):
        if run.state != "pending" or run.claimed or run.id in holding or run.deleted is not None:
            continue
        if run.stop_reason is None:
            runs.touch(unit.conn, [run.key], unit.now)
            return _as_work(run)
        drop(unit, run, f"{run.stop_reason}; it had not begun")
    return None


def _as_work(run: Any) -> NextRun:
    return NextRun(run_id=run.id, run_name=run.name, params=run.params, why=run.why, resume=queue.was_begun(run))
