"""Files of runs, artifacts, and the blobs that hold the bytes of both.

A blob is known by the SHA-256 of its bytes (64 hexadecimal digits) and belongs to a project.
"""

from __future__ import annotations

from typing import Any

from besom.protocol.base import Message


class FileEntry(Message, kw_only=True):
    """A name for some bytes."""

    path: str
    """Relative, with forward slashes."""
    digest: str
    size: int


class CodeSnapshot(Message, kw_only=True):
    """The source files that a sweep was created with."""

    files: list[FileEntry]
    frozen: bool = False
    """Whether agents run these files (their bytes are blobs of the project) or those that they find."""


class Blobs(Message, kw_only=True):
    """Asks which of these the project lacks; the answer names those."""

    digests: list[str]


class UploadAddress(Message, kw_only=True):
    """Where bytes can be sent past the server: a PUT with just these headers, begun within a quarter of an hour."""

    url: str | None = None
    """None: send them to the server."""
    headers: dict[str, str] = {}
    present: bool = False
    """The project has them already."""


class RunFile(Message, kw_only=True):
    """A file of a run."""

    path: str
    digest: str
    size: int
    created: float
    present: bool
    """Whether its bytes have arrived."""


class FilePage(Message, kw_only=True):
    """The files of a run, by path."""

    files: list[RunFile]


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
    history_step: int | None = None
    """How far the run was when it made it, as the client counts that told of it."""
    created: float
    ttl: int | None = None
    """Seconds from its creation on after which it is deleted; None: never."""


class ArtifactPage(Message, kw_only=True):
    """Artifact versions, the newest first."""

    artifacts: list[Artifact]
