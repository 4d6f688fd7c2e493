"""Agents that work for all sweeps of a project. In each sweep that they work for they are an agent like any other."""

from __future__ import annotations

from besom.protocol.agents import AgentJoined, Ids, NewAgent, NextReply, NextRequest
from besom.protocol.base import Message


class PoolJoined(Message, kw_only=True):
    """The identity of an agent that works for a project, and the pace that the server expects."""

    pool_id: str
    entity: str
    project: str
    url: str
    """Address of the project's page."""
    heartbeat_seconds: float
    lease_seconds: float
    """Silence after which it counts as lost, and its runs as crashed."""


class PoolRequest(NextRequest, kw_only=True):
    """Asks for work in any sweep of the project; ``ended`` may hold runs of several sweeps."""

    about: NewAgent
    """Itself, for the sweeps that it joins."""
    without: Ids = []
    """Sweeps of which it takes no runs, because they break here."""


class PoolReply(Message, kw_only=True):
    """The answer."""

    next: NextReply
    """A run, or why there is none; never to exit."""
    joined: AgentJoined | None = None
    """Of which sweep the run is, and who the agent is there."""
    idle: bool = False
    """Whether no sweep of the project is running, but for those of ``without``."""
