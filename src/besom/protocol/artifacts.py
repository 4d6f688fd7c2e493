"""Artifacts: named sets of files in versions, and the runs that made and used them."""

from __future__ import annotations

from typing import Any

from besom.protocol.base import Message
from besom.protocol.files import FileEntry
from besom.protocol.runs import RunState

MOST_FILES = 100_000
"""Of a version."""


class Reference(Message, kw_only=True):
    """A file of an artifact that lies elsewhere."""

    path: str
    uri: str
    """Where, e.g. ``s3://bucket/data.csv``."""
    digest: str
    """As its maker knows the bytes: an ETag, a checksum, or the address again."""
    size: int | None = None
    extra: dict[str, Any] = {}
    """What its maker noted for fetching it."""


class NewArtifact(Message, kw_only=True):
    """A version of an artifact. The same files again make no new version, only move the aliases."""

    name: str
    type: str
    description: str | None = None
    metadata: dict[str, Any] = {}
    aliases: list[str] = []
    """Besides ``latest``, which the newest version always has."""
    files: list[FileEntry]
    references: list[Reference] = []
    tags: list[str] = []


class Artifact(Message, kw_only=True):
    """A version of an artifact as the API shows it."""

    entity: str
    project: str
    name: str
    type: str
    version: int
    """Counts from 0; addressed as ``name:v0``, or ``name:ALIAS``."""
    aliases: list[str]
    description: str | None
    metadata: dict[str, Any]
    files: list[FileEntry]
    references: list[Reference] = []
    tags: list[str] = []
    digest: str = ""
    """The same for the same content; computed in the way of the client that made it."""
    size: int
    run_id: str | None
    """The run that made it."""
    run_name: str | None = None
    """What that run is called, while it is in the same project."""
    file_count: int = 0
    """Of files and references, also where a list leaves them out."""
    history_step: int | None = None
    """How far the run was when it made it, as the client counts that told of it."""
    created: float
    ttl: int | None = None
    """Seconds from its creation on after which it is deleted; None: never."""


class ArtifactPage(Message, kw_only=True):
    """Artifact versions, the newest first."""

    artifacts: list[Artifact]


class ArtifactUse(Message, kw_only=True):
    """A run uses a version of an artifact, which may be another project's."""

    entity: str
    project: str
    name: str
    """With what tells the version: ``name:v3``, ``name:ALIAS``, or ``name`` for the newest."""


class ArtifactRun(Message, kw_only=True):
    """A run that has to do with a version of an artifact."""

    entity: str
    project: str
    id: str
    name: str
    state: RunState
    time: float
    """When it logged or used the version first."""


class ArtifactRuns(Message, kw_only=True):
    """Where a version came from and went: of the runs that the caller may see the newest, at most 100 of a kind."""

    logged: list[ArtifactRun]
    """Those that made it, or the same again."""
    logged_count: int
    used: list[ArtifactRun]
    used_count: int
