"""``besom.Api()``: reads and steers what is on the server."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from besom import names
from besom.client import settings
from besom.client.artifact_types import ArtifactType, artifact_types
from besom.client.artifacts import Artifact, fetch_artifact, list_artifacts
from besom.client.connect import connect
from besom.client.connection import Connection
from besom.client.lookup import find_project, find_run, find_sweep, project_route
from besom.client.paths import page_noun, parse_artifact, parse_item, parse_project
from besom.client.projects import Project
from besom.client.run_list import Runs
from besom.client.runs import Run
from besom.client.sweeps import Sweep
from besom.errors import NotFound, UsageError
from besom.protocol import Project as ProjectMessage
from besom.protocol import ProjectPage, Viewer


class Api:
    """A server's projects, sweeps and runs as Python objects. Connects on first use.

    Paths are ``entity/project/id``; parts may be missing where a default is known (``overrides``, the environment,
    what was saved). A sweep's id alone is enough.

    Example::

        sweep = besom.Api().sweep("me/mnist/a1b2c3d4")
        print(sweep.state, len(sweep.runs), sweep.best_run().config)
    """

    def __init__(
        self,
        overrides: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
    ) -> None:
        """With defaults of your own.

        Args:
            overrides: Defaults for ``entity``, ``project`` and ``base_url``.
            timeout: Seconds to wait for an answer; default 30.
            api_key: Instead of the configured key.
            base_url: Instead of the configured server.
        """
        self._overrides = dict(overrides or {})
        self._timeout = timeout
        self._api_key = api_key
        self._base_url = base_url or self._overrides.get("base_url")

    @cached_property
    def connection(self) -> Connection:
        """The connection that all objects of this Api share."""
        connection = connect(self._base_url, self._api_key)
        if self._timeout is not None:
            connection.timeout = self._timeout
        return connection

    @cached_property
    def viewer(self) -> Viewer:
        """Who the key belongs to."""
        return self.connection.request("GET", "/viewer", reply=Viewer)

    @property
    def default_entity(self) -> str:
        """The entity that is meant when none is named."""
        return settings.entity(self._overrides.get("entity")) or self.viewer.entity

    def sweep(self, path: str) -> Sweep:
        """The sweep at ``path``.

        Raises:
            NotFound: there is none.
        """
        return Sweep(self, find_sweep(self.connection, parse_item(path, "sweep")))

    def run(self, path: str) -> Run:
        """The run at ``path``.

        Raises:
            NotFound: there is none.
            UsageError: the path has no project and there is no default.
        """
        item = parse_item(path, "run").filled(settings.project(self._overrides.get("project")), self.default_entity)
        if item.project is None or item.entity is None:
            raise UsageError(f"The path {path!r} names no project.", "Name the run as project/id or entity/project/id.")
        return Run(self, find_run(self.connection, item.entity, item.project, item.id))

    def runs(
        self,
        path: str | None = None,
        filters: Mapping[str, Any] | None = None,
        order: str = "+created_at",
        per_page: int = 50,
        include_sweeps: bool = False,
    ) -> Runs:
        """The runs of a project, fetched page by page as they are looked at.

        Args:
            path: ``project`` or ``entity/project``; default the default project.
            filters: e.g. ``{"config.lr": {"$lt": 0.1}, "state": "finished"}``; see the reference of filters.
            order: ``+key`` or ``-key``, several with commas: ``-summary_metrics.acc``, ``+created_at``, ``config.lr``.
            per_page: Runs per request.
            include_sweeps: Fetch the runs' sweeps too, each once, so that ``run.sweep`` asks nobody.
        """
        entity, name = self._project_path(path)
        project = self.project(name, entity)
        return Runs(
            self,
            project.entity,
            project.name,
            filters=filters,
            order=order,
            per_page=per_page,
            include_sweeps=include_sweeps,
        )

    def project(self, name: str, entity: str | None = None) -> Project:
        """The project with that name.

        Raises:
            NotFound: there is none.
        """
        given, name = parse_project(name)
        return Project(self, find_project(self.connection, entity or given or self.default_entity, name))

    def projects(self, entity: str | None = None) -> list[Project]:
        """The projects of an entity (default: yours), the most recently active first."""
        wanted = entity or self.default_entity
        page = self.connection.request("GET", "/projects", reply=ProjectPage)
        return [Project(self, message) for message in page.projects if message.entity == wanted]

    def create_project(self, name: str, entity: str | None = None) -> Project:
        """The project with that name, made when there is none."""
        given, name = parse_project(name)
        route = project_route(
            names.check("entity", entity or given or self.default_entity), names.check("project", name)
        )
        return Project(self, self.connection.request("PUT", route, reply=ProjectMessage))

    def artifact(self, name: str, type: str | None = None) -> Artifact:
        """The version of an artifact at ``name``: ``entity/project/name:alias``; parts may be missing as in all paths.

        Args:
            name: The alias is ``v3``, ``latest`` or one of its own; without one ``latest`` is meant.
            type: Refuse another type.

        Raises:
            NotFound: there is none.
            UsageError: it is of another type, or no project is named.
        """
        item = parse_artifact(name).filled(settings.project(self._overrides.get("project")), self.default_entity)
        if item.project is None:
            raise UsageError(f"The path {name!r} names no project.", "Name it as project/name:alias.")
        found = fetch_artifact(self.connection, item)
        if type not in (None, found.type):
            raise UsageError(f"{found.qualified_name} is of type {found.type}, not {type}.")
        return found

    def artifact_exists(self, name: str, type: str | None = None) -> bool:
        """Whether ``artifact(name, type)`` would find one."""
        try:
            self.artifact(name, type)
        except (NotFound, UsageError):
            return False
        return True

    def artifact_versions(self, type_name: str, name: str, per_page: int = 50) -> list[Artifact]:  # noqa: ARG002  W&B's
        """Versions of the artifact at ``name`` (``entity/project/name``), the newest first."""
        item = parse_artifact(name).filled(settings.project(self._overrides.get("project")), self.default_entity)
        if item.project is None or item.entity is None:
            raise UsageError(f"The path {name!r} names no project.", "Name it as project/name.")
        plain = item.id.partition(":")[0]
        return list_artifacts(self.connection, item.entity, item.project, type=type_name, name=plain)

    artifacts = artifact_versions

    def artifact_types(self, project: str | None = None) -> list[ArtifactType]:
        """Types of the artifacts in a project, by name."""
        entity, name = self._project_path(project)
        return artifact_types(self.project(name, entity).artifacts())

    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """One type of artifacts in a project.

        Raises:
            UsageError: there is none of that type.
        """
        types = self.artifact_types(project)
        found = next((known for known in types if known.name == type_name), None)
        if found is None:
            known = ", ".join(known.name for known in types) or "none"
            raise UsageError(f"There are no artifacts of type {type_name!r}.", f"The types: {known}.")
        return found

    @property
    def settings(self) -> dict[str, Any]:
        """What is used where a path or call names nothing: ``entity``, ``project``, ``base_url``."""
        return {
            "entity": self._overrides.get("entity") or settings.entity(),
            "project": self._overrides.get("project") or settings.project(),
            "base_url": self._base_url or settings.base_url(),
        }

    def flush(self) -> None:
        """Without effect: objects are fetched when they are asked for."""

    def from_path(self, path: str) -> Project | Sweep | Run:
        """What a pasted path or address names: ``e/p``, ``e/p/sweeps/id``, ``e/p/runs/id`` or ``e/p/run-id``."""
        if page_noun(path) == "sweep":
            return self.sweep(path)
        if page_noun(path) == "run":
            return self.run(path)
        try:
            entity, name = parse_project(path)
        except UsageError:
            return self.run(path)
        return self.project(name, entity)

    def page(self, path: str) -> str:
        """The address of a page of this server."""
        return urljoin(self.connection.url + "/", path)

    def _project_path(self, path: str | None) -> tuple[str | None, str]:
        if path is not None:
            return parse_project(path)
        name = settings.project(self._overrides.get("project"))
        if name is None:
            raise UsageError("No project is named.", "Pass project or entity/project, or set BESOM_PROJECT.")
        return None, name

    def __repr__(self) -> str:
        return f"<Api {self._base_url or settings.base_url() or 'embedded server'}>"
