"""Kinds of artifacts in a project, as W&B's public API lists them: type, then collection, then version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from besom.client.artifacts import Artifact


@dataclass(frozen=True, slots=True)
class ArtifactCollection:
    """All versions of one artifact."""

    name: str
    type: str
    versions: list[Artifact]
    """The newest first."""

    def artifacts(self) -> list[Artifact]:
        """Its versions, the newest first."""
        return self.versions


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """All artifacts of one type, e.g. ``model``."""

    name: str
    all_collections: list[ArtifactCollection]

    def collections(self) -> list[ArtifactCollection]:
        """Its artifacts, by name."""
        return self.all_collections

    def collection(self, name: str) -> ArtifactCollection:
        """The artifact with that name.

        Raises:
            KeyError: there is none.
        """
        return {found.name: found for found in self.all_collections}[name]


def artifact_types(artifacts: Sequence[Artifact]) -> list[ArtifactType]:
    """The types of these versions, by name."""
    types: dict[str, dict[str, list[Artifact]]] = {}
    for artifact in artifacts:
        types.setdefault(artifact.type, {}).setdefault(artifact.collection_name, []).append(artifact)
    return [
        ArtifactType(kind, [ArtifactCollection(name, kind, versions) for name, versions in sorted(names.items())])
        for kind, names in sorted(types.items())
    ]
