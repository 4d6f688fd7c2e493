"""Agents as Python objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.client.run_list import Runs
from besom.protocol import Agent as AgentMessage

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.sweeps import Sweep


class Agent:
    """An agent of a sweep, as it was when it was fetched."""

    def __init__(self, api: Api, sweep: Sweep, message: AgentMessage) -> None:
        self._api = api
        self._sweep = sweep
        self._message = message

    @property
    def id(self) -> str:
        """Unique on the server."""
        return self._message.id

    @property
    def name(self) -> str:
        """Its machine's name and a number."""
        return self._message.name

    @property
    def host(self) -> str:
        """Its machine."""
        return self._message.host

    @property
    def state(self) -> str:
        """``running``, or what became of it."""
        return self._message.state

    @property
    def total_runs(self) -> int:
        """Runs that it was given."""
        return self._message.run_count

    def runs(self, per_page: int = 50) -> Runs:
        """Its runs, the oldest first."""
        return Runs(
            self._api,
            self._sweep.entity,
            self._sweep.project,
            filters={"agent": self.id},
            per_page=per_page,
            sweep=self._sweep.id,
        )

    def __repr__(self) -> str:
        return f"<Agent {self.name} ({self.state})>"
