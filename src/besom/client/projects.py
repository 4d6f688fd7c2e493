"""Projects as Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from besom.client.artifacts import Artifact, list_artifacts
from besom.client.connection import segment
from besom.client.lookup import project_route
from besom.client.resource import Resource
from besom.client.run_list import Runs
from besom.client.sweeps import Sweep
from besom.client.times import iso_time
from besom.protocol import Project as ProjectMessage
from besom.protocol import SweepPage

if TYPE_CHECKING:
    from besom.client.api import Api


class Project(Resource):
    """A project on the server, as it was when it was fetched."""

    _message: ProjectMessage

    def __init__(self, api: Api, message: ProjectMessage) -> None:
        super().__init__(api, message)

    @property
    def id(self) -> str:
        """Its name: unique in its entity."""
        return self._message.name

    @property
    def project(self) -> str:
        """Its name."""
        return self._message.name

    @property
    def path(self) -> list[str]:
        """Entity and name, each quoted for a web address."""
        return [segment(self.entity), segment(self.name)]

    @property
    def url(self) -> str:
        """Address of its page."""
        return self._api.page("/" + "/".join(self.path))

    @property
    def created_at(self) -> str:
        """UTC, as ``2026-01-31T12:00:00Z``."""
        return iso_time(self._message.created)

    def sweeps(self, per_page: int = 50) -> list[Sweep]:  # noqa: ARG002  W&B's signature; the list comes whole
        """Its sweeps, the newest first."""
        page = self._api.connection.request("GET", f"{self._route}/sweeps", reply=SweepPage)
        return [Sweep(self._api, message) for message in page.sweeps]

    def runs(self, filters: Mapping[str, Any] | None = None, order: str = "+created_at", per_page: int = 50) -> Runs:
        """Its runs; see ``Api.runs``."""
        return Runs(self._api, self.entity, self.name, filters=filters, order=order, per_page=per_page)

    def artifacts(self, type: str | None = None, name: str | None = None) -> list[Artifact]:
        """Versions of its artifacts, the newest first; of that type and name, where they are given."""
        return list_artifacts(self._api.connection, self.entity, self.name, type=type, name=name)

    def delete(self) -> None:
        """Deletes the project with all that is in it. Its sweeps end."""
        self._api.connection.request("DELETE", self._route)

    @property
    def _route(self) -> str:
        return project_route(self.entity, self.name)

    def __repr__(self) -> str:
        return f"<Project {self.entity}/{self.name}>"
