"""Work for agents: which run comes next, and why there is none.

Everything that decides happens in one write transaction, and writes happen one after the other: so no point is handed
out twice, whoever asks at the same time. Points of grids, and independent draws, cost microseconds and are made right
there; all else is computed outside, see ``suggestions``.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import msgspec

from besom.protocol import EndedRun, NextExit, NextReply, NextRequest, NextRun, NextWait, Run
from besom.server.services import queue
from besom.server.services.agents import find_agent, record_exit, refuse_ended_key
from besom.server.services.budget import used_up
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.grid_walk import next_free_place, place_columns
from besom.server.services.heartbeats import LONGEST_WAIT, hear
from besom.server.services.live import sweep_topic
from besom.server.services.quarantine import words as quarantine_words
from besom.server.services.refusals import Missing
from besom.server.services.retries import may_come_again
from besom.server.services.returns import awaited, drop
from besom.server.services.states import is_open
from besom.server.services.suggestions import Ask, Offer, Suggestions
from besom.server.services.sweep_end import cap_reason, cap_state, grid_reason, is_handed_out
from besom.server.services.sweep_state import change_sweep_state
from besom.server.services.users import Caller
from besom.server.store import agents, points, runs, sweeps
from besom.server.store.queue import first_preempted, next_preempted

_OWN_SECONDS = 0.1


class OwnRun(NextWait, tag_field="command", tag="wait"):
    """What comes next was the agent's own run a moment ago, and it has not heard yet that the end of that was taken."""


def patience(replies: Iterable[NextReply], seconds: float) -> float:
    """How many of the ``seconds`` that are left an answer is held back, when these are all that can be said now.

    Whoever waits for a run that was its own is to ask again soon: only so the server knows that it has heard.
    """
    return min(seconds, _OWN_SECONDS) if any(isinstance(reply, OwnRun) for reply in replies) else seconds


class Scheduler:
    """Answers ``next``."""

    def __init__(self, ctx: Context, plans: Plans) -> None:
        self._ctx = ctx
        self._plans = plans
        self._suggestions = Suggestions(ctx, plans)

    def close(self) -> None:
        """Ends the threads."""
        self._suggestions.close()

    async def next(
        self, caller: Caller, agent_id: str, request: NextRequest, disconnected: Callable[[], bool] = lambda: False
    ) -> NextReply:
        """The agent's next run; held back for up to ``request.wait`` seconds while there is nothing to do.

        Runs that ended are recorded in the same transaction, and then told of at once.

        Args:
            caller: Whose agent it is.
            agent_id: The agent.
            request: What it asks.
            disconnected: Whether the agent does not wait for the answer any more: then it gets no run.
        """
        deadline = time.monotonic() + min(request.wait, LONGEST_WAIT)
        look = partial(self.look, caller, lambda _: agent_id, request, disconnected)
        reply = await look()
        if request.ended or request.wait <= 0 or not isinstance(reply, NextWait):
            return reply
        sweep_id = await self._ctx.read(lambda conn: str(find_agent(conn, caller, agent_id).sweep_id))
        with self._ctx.live.listening(sweep_topic(sweep_id)) as listener:
            reply = await look(waited=True)  # what came before it listened
            while isinstance(reply, NextWait):
                if not await listener.wait(patience([reply], deadline - time.monotonic())):
                    break
                reply = await look(waited=True)
            return reply

    async def look(
        self,
        caller: Caller,
        who: Callable[[Unit], str],
        request: NextRequest,
        disconnected: Callable[[], bool],
        *,
        waited: bool = False,
    ) -> NextReply:
        """``next`` without waiting; ``who`` is called in the transaction, and says which agent it is."""

        decide = partial(self._decide, caller, request, disconnected)

        def begin(unit: Unit) -> tuple[str, list[Run], NextReply | Ask]:
            agent = find_agent(unit.conn, caller, who(unit))
            ended = self._record(unit, agent, request.ended)
            if any(run.state != "finished" for run in ended):  # it may be in quarantine now
                agent = find_agent(unit.conn, caller, agent.id)
            return agent.id, ended, decide(agent, waited, None, unit)

        agent_id, ended, answer = await self._ctx.write(begin)

        def go_on(offer: Offer | None, unit: Unit) -> NextReply | Ask:
            return decide(find_agent(unit.conn, caller, agent_id), True, offer, unit)

        if isinstance(answer, Ask):
            reply = await self._suggestions.answer(answer.sweep_id, go_on)
        else:
            reply = answer
        return msgspec.structs.replace(reply, ended=ended) if ended else reply

    def _record(self, unit: Unit, agent: Any, ended: list[EndedRun]) -> list[Run]:
        """Records the ends of an agent's runs; returns the runs, without those that were deleted meanwhile."""
        runs_now: list[Run] = []
        for end in ended:
            with contextlib.suppress(Missing):
                runs_now.append(record_exit(self._ctx, self._plans, unit, agent, end.run_id, end))
        return runs_now

    def _decide(
        self,
        caller: Caller,
        request: NextRequest,
        disconnected: Callable[[], bool],
        agent: Any,
        waited: bool,
        offer: Offer | None,
        unit: Unit,
    ) -> NextReply | Ask:
        """The answer; with ``waited`` it is not the first look, and the agent, whose row is given, may have left."""
        if waited:
            refuse_ended_key(unit.conn, caller)
            if agent.state == "gone":  # it left meanwhile: nobody hears this answer
                return NextWait(reason="the agent has left")
        if disconnected():
            return NextWait(reason="the agent does not wait for the answer any more")
        hear(unit, agent, request.holding)
        if repeated := _repeat(unit, agent, request.holding):
            return repeated
        sweep = sweeps.get(unit.conn, agent.sweep_id)
        if sweep is None:
            raise LookupError(f"agent {agent.id} has outlived its sweep")
        if sweep.state == "PAUSED":
            return NextWait(reason=f"the sweep is paused: {sweep.state_reason}")
        if not is_open(sweep.state):
            return self._exit(unit, sweep)
        if agent.quarantined is not None:
            return NextWait(reason=quarantine_words(agent), quarantined=True)
        plan = self._plans.of(sweep)
        if not plan.is_ready:
            return Ask(sweep.id)
        return self._choose(unit, agent, sweep, plan, offer, request.known)

    def _choose(
        self, unit: Unit, agent: Any, sweep: Any, plan: Plan, offer: Offer | None, known: Collection[str]
    ) -> NextReply | Ask:
        """What an agent of a running sweep gets that holds no run which it has not heard of.

        Of a run in ``known`` it has not heard that its end was taken: until then it could not tell the two apart.
        """
        if reason := used_up(unit, sweep, plan.config):
            return self._complete(unit, sweep, reason)
        first = preempted = first_preempted(unit.conn, sweep.id)
        if first is not None and first.id in known:
            preempted = next_preempted(unit.conn, sweep.id, known)
        if preempted is not None:
            taken = queue.take_preempted(unit, agent, preempted)  # it was counted when it began
            return self._handed_out(unit, sweep, plan, taken)
        if first is not None:
            return OwnRun(reason=f"{first.name} is about to end")
        if again := queue.take_retry(self._ctx, unit, agent, sweep, plan):  # its point was counted, too
            return self._handed_out(unit, sweep, plan, again)
        cap = cap_state(unit, sweep, plan)
        if cap == "reached":
            return self._all_handed_out(unit, sweep, plan, cap_reason(plan))
        if cap == "undecided":
            key = plan.config.cap_key
            return NextWait(
                reason=f"{key} {plan.config.run_cap} is reached unless a run dies before it has reported anything"
            )
        if queued := queue.take_queued(unit, agent):
            return self._handed_out(unit, sweep, plan, queued)
        if plan.config.is_searched_outside:
            return NextWait(reason=_wait_for_controller(unit, sweep, plan))
        if plan.config.method == "grid":
            return self._next_grid_point(unit, agent, sweep, plan)
        return self._next_suggestion(unit, agent, sweep, plan, offer)

    def _next_grid_point(self, unit: Unit, agent: Any, sweep: Any, plan: Plan) -> NextReply:
        place, walked = next_free_place(unit, sweep, plan)
        if place is None:
            sweeps.change(unit.conn, sweep.id, {"suggested": walked})
            return self._all_handed_out(unit, sweep, plan, grid_reason(plan))
        point, why = plan.grid.point(place), plan.grid.why(place)
        run = self._create(unit, agent, sweep, point, why, place_columns(plan, place), walked)
        return self._handed_out(unit, sweep, plan, run)

    def _next_suggestion(self, unit: Unit, agent: Any, sweep: Any, plan: Plan, offer: Offer | None) -> NextReply | Ask:
        from besom.search import point_hash, suggest

        if plan.is_quick:
            (suggestion,) = suggest(plan.config, [], index=sweep.suggested, seed=sweep.seed, warm=plan.warm)
            identity = point_hash(suggestion.values)
        else:
            offered = offer.at(sweep.suggested) if offer is not None else None
            if offered is None:
                return Ask(sweep.id)
            suggestion, identity = offered
        repeat = plan.config.repeat
        if repeat is None:
            number = points.next_round(unit.conn, sweep.id, identity)
        else:
            number = points.free_round(unit.conn, sweep.id, identity, suggestion.repeat, repeat.times)
        columns = {"point_hash": identity, "round": number}
        run = self._create(unit, agent, sweep, suggestion.values, suggestion.why, columns, sweep.suggested + 1)
        return self._handed_out(unit, sweep, plan, run)

    def _create(
        self, unit: Unit, agent: Any, sweep: Any, values: Any, why: dict[str, Any], columns: dict[str, Any], place: int
    ) -> Any:
        lease = queue.lease_of(agent, unit.now)
        return queue.create_run(self._ctx, unit, sweep, why, {**columns, **queue.handed_out(values), **lease}, place)

    def _all_handed_out(self, unit: Unit, sweep: Any, plan: Plan, reason: str) -> NextReply:
        """There is no other point: the sweep has ended, unless a run may have to be tried again."""
        if may_come_again(unit.conn, sweep.id, plan):
            return NextWait(reason=f"{reason}; one of those that have not ended well may have to be tried again")
        return self._complete(unit, sweep, reason)

    def _complete(self, unit: Unit, sweep: Any, reason: str) -> NextReply:
        change_sweep_state(unit, sweep, "complete", "server", reason)
        return self._exit(unit, sweeps.get(unit.conn, sweep.id))

    def _exit(self, unit: Unit, sweep: Any) -> NextReply:
        """What an agent of an ended sweep gets: it leaves, unless a run is about to need another agent."""
        leaving = awaited(unit.conn, self._plans, sweep)
        if leaving is not None:
            return NextWait(reason=f"{leaving.name} is losing its machine, and is then to be gone on with")
        return NextExit(reason=sweep.state_reason, sweep_state=sweep.state)

    def _handed_out(self, unit: Unit, sweep: Any, plan: Plan, run: Any) -> NextRun:
        """What follows from a run's being handed out: a sweep begins with its first, a grid ends with its last."""
        if sweep.state == "PENDING":
            change_sweep_state(unit, sweep, "start", "server", f"its first run, {run.name}, was handed out")
        unit.touch_sweep(sweep.project_id, sweep.id)
        if plan.config.method == "grid":
            latest = sweeps.get(unit.conn, sweep.id)
            if is_handed_out(unit, latest, plan) and not may_come_again(unit.conn, sweep.id, plan):
                change_sweep_state(unit, latest, "complete", "server", grid_reason(plan))
        return _as_work(run)


def _wait_for_controller(unit: Unit, sweep: Any, plan: Plan) -> str:
    """Why an agent of a sweep whose runs are chosen outside the server has nothing to do."""
    controller = agents.controller(unit.conn, sweep.id)
    if controller is not None:
        return f"its controller, {controller.name}, has queued no run yet"
    command = "controller" if plan.config.engine is None else "sweep-scheduler"
    return (
        "a controller outside the server chooses the runs of this sweep, and none is at work. "
        f"Start it: besom {command} {sweep.entity}/{sweep.project}/{sweep.id}"
    )


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
    begun = queue.was_begun(run)
    return NextRun(
        run_id=run.id, run_name=run.name, params=run.params, why=run.why, resume=begun, hand_out=run.hand_out
    )
