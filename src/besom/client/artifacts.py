"""Versions of artifacts on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from besom.client.connection import Connection, segment
from besom.client.files import File, place
from besom.client.lookup import find_project, project_route
from besom.client.numbers import decode_deep
from besom.client.paths import ItemPath
from besom.client.times import iso_time
from besom.errors import NotFound, UsageError
from besom.protocol import Artifact as ArtifactMessage
from besom.protocol import ArtifactPage


class Artifact:
    """One version of an artifact, as it was when it was fetched."""

    def __init__(self, connection: Connection, message: ArtifactMessage) -> None:
        self._connection = connection
        self._message = message
        self.metadata: dict[str, Any] = decode_deep(message.metadata)
        """What its maker noted about it."""

    @property
    def entity(self) -> str:
        """User or team."""
        return self._message.entity

    @property
    def project(self) -> str:
        """Name of the project."""
        return self._message.project

    @property
    def name(self) -> str:
        """Name and version, e.g. ``mnist:v3``."""
        return f"{self._message.name}:{self.version}"

    @property
    def collection_name(self) -> str:
        """Name without the version."""
        return self._message.name

    @property
    def qualified_name(self) -> str:
        """``entity/project/name:version``."""
        return f"{self.entity}/{self.project}/{self.name}"

    @property
    def version(self) -> str:
        """``v0``, ``v1``, ..."""
        return f"v{self._message.version}"

    @property
    def type(self) -> str:
        """e.g. ``dataset``, ``model``, ``code``."""
        return self._message.type

    @property
    def aliases(self) -> list[str]:
        """Names of this version; ``latest`` is the newest one's."""
        return self._message.aliases

    @property
    def description(self) -> str | None:
        """For people."""
        return self._message.description

    @property
    def size(self) -> int:
        """Of all files, in bytes."""
        return self._message.size

    @property
    def run_id(self) -> str | None:
        """The run that made it."""
        return self._message.run_id

    @property
    def created_at(self) -> str:
        """UTC, as ``2026-01-31T12:00:00Z``."""
        return iso_time(self._message.created)

    def files(self) -> list[File]:
        """Its files, by path."""
        route = project_route(self.entity, self.project)
        return [File(self._connection, route, entry.path, entry.digest, entry.size) for entry in self._message.files]

    def get_path(self, path: str) -> File:
        """The file with that path.

        Raises:
            UsageError: there is none.
        """
        found = next((file for file in self.files() if file.name == path), None)
        if found is None:
            names = ", ".join(file.name for file in self.files()[:10]) or "none"
            raise UsageError(f"{self.name} has no file {path!r}.", f"Its files: {names}.")
        return found

    def download(self, root: str | Path | None = None, path_prefix: str = "") -> str:
        """Puts its files below ``root``; returns the folder. What is there already is not fetched again.

        Args:
            root: Folder; default ``./artifacts/NAME:VERSION``.
            path_prefix: Only files whose path begins so.

        Raises:
            UsageError: a link below ``root`` leads out of it.
        """
        folder = Path(root) if root is not None else Path("artifacts") / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files():
            if file.name.startswith(path_prefix):
                file.fetch(place(folder, file.name))
        return str(folder)

    def file(self, root: str | Path | None = None) -> str:
        """Downloads the only file; returns where it is.

        Raises:
            UsageError: there is more than one, or none.
        """
        files = self.files()
        if len(files) != 1:
            raise UsageError(f"{self.name} has {len(files)} files.", "Use download(), or get_path(NAME).")
        return str(place(Path(self.download(root)), files[0].name))

    def wait(self, timeout: float | None = None) -> Artifact:  # noqa: ARG002  W&B's signature; it is here already
        """Itself: what was fetched is complete."""
        return self

    def __repr__(self) -> str:
        return f"<Artifact {self.qualified_name} ({self.type})>"


def fetch_artifact(connection: Connection, path: ItemPath) -> Artifact:
    """The version that ``path`` names, all parts given (see ``paths.parse_artifact``).

    Raises:
        NotFound: there is none.
    """
    entity, project = path.entity or "", path.project or ""
    try:
        route = f"{project_route(entity, project)}/artifacts/{segment(path.id)}"
        return Artifact(connection, connection.request("GET", route, reply=ArtifactMessage))
    except NotFound:
        find_project(connection, entity, project)
        name, _, alias = path.id.partition(":")
        versions = list_artifacts(connection, entity, project, name=name)
        known = ", ".join(dict.fromkeys(word for found in versions for word in (found.version, *found.aliases)))
        raise NotFound(
            f"There is no artifact {path} on {connection.url}.",
            f"{name} has {known}, and no {alias}." if known else None,
            status=404,
            code="not_found",
        ) from None


def list_artifacts(
    connection: Connection, entity: str, project: str, *, type: str | None = None, name: str | None = None
) -> list[Artifact]:
    """Versions in a project, the newest first."""
    query = {"type": type, "name": name}
    page = connection.request("GET", f"{project_route(entity, project)}/artifacts", query=query, reply=ArtifactPage)
    return [Artifact(connection, message) for message in page.artifacts]
