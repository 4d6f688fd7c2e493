"""Projects as Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from besom.client.connection import segment
from besom.client.lookup import project_route
from besom.client.run_list import Runs
from besom.client.sweeps import Sweep
from besom.protocol import Project as ProjectMessage
from besom.protocol import SweepPage

if TYPE_CHECKING:
    from besom.client.api import Api


class Project:
    """A project on the server."""

    def __init__(self, api: Api, message: ProjectMessage) -> None:
        self._api = api
        self._message = message

    @property
    def name(self) -> str:
        """Unique in its entity."""
        return self._message.name

    @property
    def entity(self) -> str:
        """User or team."""
        return self._message.entity

    @property
    def path(self) -> list[str]:
        """Entity and name."""
        return [self.entity, self.name]

    @property
    def url(self) -> str:
        """Address of the project's page."""
        return self._api.page(f"/{segment(self.entity)}/{segment(self.name)}")

    def sweeps(self, per_page: int = 50) -> list[Sweep]:  # noqa: ARG002  W&B's signature; the list comes whole
        """Its sweeps, the newest first."""
        route = f"{project_route(self.entity, self.name)}/sweeps"
        page = self._api.connection.request("GET", route, reply=SweepPage)
        return [Sweep(self._api, message) for message in page.sweeps]

    def runs(self, filters: Mapping[str, Any] | None = None, order: str = "+created_at", per_page: int = 50) -> Runs:
        """Its runs; see ``Api.runs``."""
        return Runs(self._api, self.entity, self.name, filters=filters, order=order, per_page=per_page)

    def __repr__(self) -> str:
        return f"<Project {self.entity}/{self.name}>"
