"""Heartbeats: an agent and its runs are alive, and it hears which of them are to end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from besom.protocol import Heartbeat, HeartbeatReply, StopOrder
from besom.server.services.agents import LEFT, find_agent
from besom.server.services.context import Context, Unit
from besom.server.services.live import agent_topic
from besom.server.services.refusals import Missing
from besom.server.services.run_state import change_run_state
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.store import agents, events, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_WAIT = 30.0
"""Seconds that an answer is held back at most."""


class Orders:
    """Which orders to stop were in earlier answers to an agent, so that a heartbeat is not answered for old ones only.

    An order that came before the agent said that it holds the run may have come before the run itself, and been passed
    over: it is news once more when the agent holds the run. A memory of this process; losing it costs one early answer.
    """

    _CAPACITY = 10_000

    def __init__(self) -> None:
        self._told: dict[str, set[tuple[str, bool, bool]]] = {}

    def are_news(self, agent_id: str, holding: list[str], orders: list[StopOrder]) -> bool:
        """Whether there is one among them that the agent was not told."""
        return not _marks(holding, orders) <= self._told.get(agent_id, set())

    def keep(self, agent_id: str, holding: list[str], orders: list[StopOrder]) -> None:
        """Remembers what the agent is being told."""
        self._told.pop(agent_id, None)
        if len(self._told) >= self._CAPACITY:
            self._told.clear()
        if orders:
            self._told[agent_id] = _marks(holding, orders)


def _marks(holding: list[str], orders: list[StopOrder]) -> set[tuple[str, bool, bool]]:
    return {(order.run_id, order.kill, order.run_id in holding) for order in orders}


async def beat(ctx: Context, told: Orders, caller: Caller, agent_id: str, heartbeat: Heartbeat) -> HeartbeatReply:
    """Keeps an agent and its runs alive, and answers with the runs to stop.

    The answer is held back for up to ``heartbeat.wait`` seconds while there is no order that the agent has not been
    told yet; it always repeats all orders.
    """
    deadline = time.monotonic() + min(heartbeat.wait, LONGEST_WAIT)
    with ctx.live.listening(agent_topic(agent_id)) as listener:
        orders = await ctx.write(lambda unit: _hear(unit, caller, agent_id, heartbeat.holding))
        holding = heartbeat.holding
        while not told.are_news(agent_id, holding, orders) and await listener.wait(deadline - time.monotonic()):
            orders = await ctx.read(lambda conn: orders_of(conn, agent_id))
    told.keep(agent_id, heartbeat.holding, orders)
    return HeartbeatReply(stop=orders)


def hear(unit: Unit, agent: Any, holding: list[str]) -> None:
    """Notes that an agent and what it holds are alive; what was taken for lost goes on.

    Raises:
        Missing: it has left, and this request was long on its way; or it is a controller that was taken for lost:
            another may have its place, so it has to join anew.
    """
    if agent.state == "gone" and agent.slots == 0:
        raise Missing("controller_gone", f"The controller {agent.name} was not heard and has lost its place.")
    if agent.state == "gone":
        # One that polls leaves when it is told to exit; it asks again if it has not heard so.
        polls = agent.calls_functions is not None
        if not polls and events.last_of_agent(unit.conn, agent.sweep_id, agent.id) == LEFT:
            raise Missing("agent_left", f"The agent {agent.name} has left.", "An agent that begins joins the sweep.")
        bring_back(unit, agent, "it is heard again")
    agents.change(unit.conn, agent.id, {"heartbeat": unit.now})
    held = runs.held(unit.conn, agent.id, holding) if holding else []
    for run in held:
        if run.state == "crashed" and run.deleted is None:
            change_run_state(unit, run, "report", agent.name)
    runs.touch(unit.conn, [run.key for run in held if run.state in UNFINISHED | {"crashed"}], unit.now)


def bring_back(unit: Unit, agent: Any, reason: str) -> None:
    """An agent that was gone is at work again."""
    agents.change(unit.conn, agent.id, {"state": "running"})
    unit.changed(agent.project_id, "agent", agent.id)
    subject = {"sweep_id": agent.sweep_id, "agent_id": agent.id}
    unit.event(agent.project_id, "agent.returned", agent.name, reason, **subject)


def _hear(unit: Unit, caller: Caller, agent_id: str, holding: list[str]) -> list[StopOrder]:
    hear(unit, find_agent(unit.conn, caller, agent_id), holding)
    return orders_of(unit.conn, agent_id)


def orders_of(conn: Connection, agent_id: str) -> list[StopOrder]:
    """The agent's runs that are to end."""
    return [
        StopOrder(run_id=run.id, reason=run.stop_reason, kill=run.stop_kill)
        for run in runs.leases(conn, agent_id)
        if run.stop_reason is not None
    ]
