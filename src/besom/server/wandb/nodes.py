"""What the client's questions lead to, as parents of the schema's types: a project, a run, a sweep and its place."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from besom.protocol import Run, Sweep
from besom.server.wandb.call import Call
from besom.server.wandb.ids import opaque
from besom.server.wandb.scalars import LARGEST_INT


@dataclass(frozen=True, slots=True)
class ProjectNode:
    """Parent of the type Project."""

    entity: str
    name: str

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Project", self.entity, self.name)

    @property
    def number(self) -> int:
        """What the client wants for ``projectId``: an integer that is the same each time, and no key of anything."""
        return zlib.crc32(f"{self.entity}/{self.name}".encode()) & LARGEST_INT


@dataclass(frozen=True, slots=True)
class RunNode:
    """Parent of the type Run."""

    run: Run

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Run", self.run.entity, self.run.project, self.run.id)

    @property
    def project(self) -> ProjectNode:
        """Where it is."""
        return ProjectNode(self.run.entity, self.run.project)


@dataclass(frozen=True, slots=True)
class SweepNode:
    """Parent of the type Sweep."""

    sweep: Sweep

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Sweep", self.sweep.id)

    @property
    def project(self) -> ProjectNode:
        """Where it is."""
        return ProjectNode(self.sweep.entity, self.sweep.project)


def entity_of(call: Call, name: str | None) -> str:
    """The entity that is meant: the caller's own where none, or an empty one, is named."""
    return name or call.caller.name


def project_of(name: str | None) -> str:
    """The project that is meant."""
    return name or "uncategorized"
