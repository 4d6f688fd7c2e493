"""Artifacts as parents of the schema's types, and what the client calls them by."""

from __future__ import annotations

from dataclasses import dataclass

from besom.protocol import Artifact
from besom.server.services import artifact_drafts, artifact_lists
from besom.server.services.artifact_changes import ArtifactPlace
from besom.server.services.artifact_collections import Collection
from besom.server.services.artifact_drafts import Draft, DraftPlace
from besom.server.services.refusals import Missing
from besom.server.wandb.call import Call
from besom.server.wandb.ids import address_of, opaque
from besom.server.wandb.nodes import ProjectNode


@dataclass(frozen=True, slots=True)
class ArtifactNode:
    """Parent of the type Artifact."""

    artifact: Artifact
    """Without its files: they may be many, and most questions are not about them."""

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Artifact", *self.place)

    @property
    def place(self) -> ArtifactPlace:
        """Where it is found."""
        artifact = self.artifact
        return artifact.entity, artifact.project, f"{artifact.name}:v{artifact.version}"

    @property
    def project(self) -> ProjectNode:
        """Where it is."""
        return ProjectNode(self.artifact.entity, self.artifact.project)


@dataclass(frozen=True, slots=True)
class CollectionNode:
    """Parent of the type ArtifactSequence: all versions of a name."""

    entity: str
    project_name: str
    name: str
    facts: Collection | None = None
    """What is known of it, where that was fetched already."""

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Collection", self.entity, self.project_name, self.name)

    @property
    def project(self) -> ProjectNode:
        """Where it is."""
        return ProjectNode(self.entity, self.project_name)


@dataclass(frozen=True, slots=True)
class TypeNode:
    """Parent of the type ArtifactType."""

    project: ProjectNode
    name: str
    created: float
    """When its first artifact was made."""


def draft_id(draft: Draft) -> str:
    """What the client calls a draft by; it goes on to do so when the draft is a version."""
    return opaque("Artifact", draft.entity, draft.project, "draft", str(draft.id))


def draft_place(identity: str) -> DraftPlace:
    """The draft that an id belongs to; raises Missing."""
    match address_of("Artifact", identity):
        case (entity, project, "draft", number) if number.isdecimal():
            return entity, project, int(number)
    raise Missing("artifact_not_found", "That artifact is complete: nothing can be added to it.", field="artifactID")


async def place_of(call: Call, identity: str) -> ArtifactPlace:
    """The version that an id belongs to.

    Raises:
        Missing: there is none, or the draft has not been committed.
    """
    match address_of("Artifact", identity):
        case (entity, project, version):
            return entity, project, version
    entity, project, _ = place = draft_place(identity)
    draft = await artifact_drafts.find_draft(call.ctx, call.caller, place)
    if draft.version is None:
        raise Missing(
            "artifact_not_found", f"The artifact {draft.name} has not been sent to its end.", field="artifactID"
        )
    return entity, project, draft.version


async def get_node(call: Call, place: ArtifactPlace) -> ArtifactNode:
    """A version; raises Missing."""
    return ArtifactNode(await artifact_lists.get_artifact(call.ctx, call.caller, *place, with_files=False))
