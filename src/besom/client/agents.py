"""Agents as Python objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.client.resource import Resource
from besom.client.run_list import Runs
from besom.protocol import Agent as AgentMessage

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.sweeps import Sweep


class Agent(Resource):
    """An agent of a sweep, as it was when it was fetched. Its page is its sweep's."""

    _message: AgentMessage

    def __init__(self, api: Api, sweep: Sweep, message: AgentMessage) -> None:
        super().__init__(api, message)
        self._sweep = sweep

    @property
    def entity(self) -> str:
        """User or team."""
        return self._sweep.entity

    @property
    def project(self) -> str:
        """Name of the project."""
        return self._sweep.project

    @property
    def url(self) -> str:
        """Address of its sweep's page."""
        return self._sweep.url

    @property
    def host(self) -> str:
        """Its machine."""
        return self._message.host

    @property
    def state(self) -> str:
        """``running`` or ``gone``."""
        return self._message.state

    @property
    def total_runs(self) -> int:
        """Runs that it was given."""
        return self._message.run_count

    @property
    def failed_runs(self) -> int:
        """Those of them that failed."""
        return self._message.failed_count

    @property
    def slots(self) -> int:
        """Runs that it works on at the same time."""
        return self._message.slots

    @property
    def gpus(self) -> list[str]:
        """GPUs that it gives its runs."""
        return self._message.gpus

    def runs(self, per_page: int = 50) -> Runs:
        """Its runs, the oldest first."""
        filters = {"agent": self.id}
        return Runs(self._api, self.entity, self.project, filters=filters, per_page=per_page, sweep=self._sweep.id)

    def __repr__(self) -> str:
        return f"<Agent {self.name} ({self.state})>"
