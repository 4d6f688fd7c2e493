"""Artifacts that an imported run had logged: files are sent, versions named as the run's. Again is harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from besom.client import blobs
from besom.client.connection import Connection, segment
from besom.errors import ApiError, UsageError
from besom.protocol import Artifact, FileEntry, NewArtifact, Reference, mark_numbers

_OWN_ALIAS = re.compile(r"latest|v\d+")
"""Aliases that every server gives by itself."""


@dataclass
class FoundArtifact:
    """A version of an artifact, as far as it was found."""

    name: str
    type: str
    description: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    """Where they are, by their paths in it."""
    references: list[Reference] = field(default_factory=list)
    lacks: str | None = None
    """Why it cannot be imported."""


def send_artifacts(
    found: Iterable[FoundArtifact],
    connection: Connection,
    project_route: str,
    run_id: str,
    say: Callable[[str], None],
) -> None:
    """Sends a run's artifacts, the oldest first; says which of them cannot be sent, and why.

    Raises:
        CommError: the server is away.
    """
    for artifact in found:
        try:
            _send(artifact, connection, project_route, run_id)
        except (ApiError, UsageError, OSError) as error:
            say(f"Artifact {artifact.name} of run {run_id} is not imported: {error}")


def _send(artifact: FoundArtifact, connection: Connection, project_route: str, run_id: str) -> None:
    if artifact.lacks is not None:
        raise UsageError(artifact.lacks)
    entries = {path: _entry(path, file) for path, file in artifact.files.items()}
    lacking = blobs.missing(connection, project_route, (entry.digest for entry in entries.values()))
    for path, entry in entries.items():
        if entry.digest in lacking:
            blobs.put(connection, project_route, entry.digest, artifact.files[path])
            lacking.remove(entry.digest)
    new = NewArtifact(
        name=artifact.name,
        type=artifact.type,
        description=artifact.description,
        metadata=mark_numbers(artifact.metadata),
        aliases=[alias for alias in artifact.aliases if not _OWN_ALIAS.fullmatch(alias)],
        tags=artifact.tags,
        files=list(entries.values()),
        references=artifact.references,
    )
    connection.request("POST", f"{project_route}/runs/{segment(run_id)}/artifacts", body=new, reply=Artifact)


def _entry(path: str, file: Path) -> FileEntry:
    return FileEntry(path=path, digest=blobs.digest_of(file), size=file.stat().st_size)
