"""Collections (all versions of a name) and types of artifacts in a project, and the versions in them."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from functools import partial
from typing import Any, TypeVar

import msgspec

from besom.server.services import artifact_lists
from besom.server.services.artifact_collections import (
    Collection,
    all_aliases,
    get_collection,
    list_collections,
)
from besom.server.services.refusals import Missing
from besom.server.wandb.artifact_files import page_of_files
from besom.server.wandb.artifact_nodes import ArtifactNode, CollectionNode, TypeNode, get_node
from besom.server.wandb.artifacts import alias_of, aliases_of, collection_of, page_of_versions
from besom.server.wandb.call import Call
from besom.server.wandb.ids import address_of, opaque
from besom.server.wandb.nodes import ProjectNode
from besom.server.wandb.pages import page_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_time

RESOLVERS = Resolvers()
Found = TypeVar("Found")


@RESOLVERS.of("Project.artifact")
async def artifact(call: Call, project: ProjectNode, name: str) -> ArtifactNode | None:
    """A version by name and version, alias or digest."""
    return await _or_none(get_node(call, (project.entity, project.name, name)))


@RESOLVERS.of("Project.artifactCollectionMembership")
async def membership(call: Call, project: ProjectNode, name: str) -> ArtifactNode | None:
    """The same; a membership is a version in its collection, and here each is in one only."""
    return await artifact(call, project, name)


@RESOLVERS.of("Project.artifactCollection")
async def collection(call: Call, project: ProjectNode, name: str) -> CollectionNode | None:
    """All versions of a name."""
    found = await _collections(call, project, name=name)
    return found[0] if found else None


@RESOLVERS.of("Query.artifactCollection")
async def collection_by_id(call: Call, _parent: None, id: str) -> CollectionNode | None:
    """All versions of a name, by its id."""
    entity, project, name = address_of("Collection", id)
    return await collection(call, ProjectNode(entity, project), name)


@RESOLVERS.of("Project.artifactCollections")
async def collections(
    call: Call,
    project: ProjectNode,
    filters: Any = None,
    order: str | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    """The names of the project's artifacts that match."""
    return _page(await _collections(call, project, filters=filters, order=order), first, after)


@RESOLVERS.of("Project.artifactTypes")
async def types(call: Call, project: ProjectNode, after: str | None = None, first: int | None = None) -> dict[str, Any]:
    """The types of the project's artifacts."""
    oldest: dict[str, float] = {}
    for found in await list_collections(call.ctx, call.caller, project.entity, project.name):
        oldest[found.type] = min(found.created, oldest.get(found.type, found.created))
    return page_of([TypeNode(project, kind, oldest[kind]) for kind in sorted(oldest)], first, after)


@RESOLVERS.of("Project.artifactType")
async def type_named(call: Call, project: ProjectNode, name: str) -> TypeNode | None:
    """A type that artifacts of the project have."""
    found = await list_collections(call.ctx, call.caller, project.entity, project.name, kind=name)
    return TypeNode(project, name, min(one.created for one in found)) if found else None


@RESOLVERS.of("ArtifactType.artifactCollection")
async def collection_of_type(call: Call, kind: TypeNode, name: str) -> CollectionNode | None:
    """All versions of a name, if they have the type."""
    found = await _collections(call, kind.project, kind=kind.name, name=name)
    return found[0] if found else None


@RESOLVERS.of("ArtifactType.artifactCollections")
async def collections_of_type(
    call: Call,
    kind: TypeNode,
    filters: Any = None,
    order: str | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    """The names of artifacts of the type that match."""
    return _page(await _collections(call, kind.project, kind.name, filters=filters, order=order), first, after)


@RESOLVERS.of("ArtifactSequence.artifactMembership")
async def membership_of(call: Call, node: CollectionNode, aliasName: str) -> ArtifactNode | None:
    """The version with an alias, or of that number."""
    return await _or_none(get_node(call, (node.entity, node.project_name, f"{node.name}:{aliasName}")))


@RESOLVERS.of("ArtifactSequence.artifacts")
async def versions(
    call: Call, node: CollectionNode, after: str | None = None, first: int | None = None, **_: Any
) -> dict[str, Any]:
    """The versions, the newest first."""
    place = node.entity, node.project_name, node.name
    ask = partial(artifact_lists.versions_of, call.ctx, call.caller, place)
    return await page_of_versions(ask, after, first)


@RESOLVERS.of("ArtifactSequence.aliases")
async def aliases(
    call: Call, node: CollectionNode, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """The aliases of all versions."""
    place = node.entity, node.project_name, node.name
    names = await all_aliases(call.ctx, call.caller, *place)
    return page_of([alias_of(node, alias) for alias in names], first, after)


@RESOLVERS.of("ArtifactCollectionMembership.files")
async def files(
    call: Call, node: ArtifactNode, names: list[str] | None = None, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """A page of the version's files."""
    return await page_of_files(call, node, names or None, first, after)


RESOLVERS.plain("Artifact", {"artifactMemberships": lambda node: {"edges": [{"node": node}]}})
RESOLVERS.plain(
    "ArtifactCollectionMembership",
    {
        "versionIndex": lambda node: node.artifact.version,
        "createdAt": lambda node: write_time(node.artifact.created),
        "aliases": aliases_of,
        "artifactCollection": collection_of,
        "artifact": lambda node: node,
    },
)
RESOLVERS.plain(
    "ArtifactType",
    {
        "id": lambda kind: opaque("ArtifactType", kind.project.entity, kind.project.name, kind.name),
        "description": lambda _kind: None,
        "createdAt": lambda kind: write_time(kind.created),
    },
)


@RESOLVERS.of("ArtifactSequence.createdAt")
async def created_at(call: Call, node: CollectionNode) -> str | None:
    """When its first version was made."""
    return write_time((await _facts(call, node)).created)


@RESOLVERS.of("ArtifactSequence.updatedAt")
async def updated_at(call: Call, node: CollectionNode) -> str | None:
    """When its newest version was made."""
    return write_time((await _facts(call, node)).updated)


@RESOLVERS.of("ArtifactSequence.description")
async def description(call: Call, node: CollectionNode) -> str | None:
    """What is said of all its versions."""
    return (await _facts(call, node)).description


@RESOLVERS.of("ArtifactSequence.state")
async def state(call: Call, node: CollectionNode) -> str:
    """Whether there is any version."""
    return "READY" if await collection(call, node.project, node.name) else "DELETED"


@RESOLVERS.of("ArtifactSequence.tags")
async def tags(call: Call, node: CollectionNode) -> dict[str, Any]:
    """The tags of all its versions together."""
    return {"edges": [{"node": tag} for tag in tags_named((await _facts(call, node)).tags)]}


@RESOLVERS.of("ArtifactSequence.defaultArtifactType")
async def type_of(call: Call, node: CollectionNode) -> TypeNode:
    """What all its versions are."""
    facts = await _facts(call, node)
    return TypeNode(node.project, facts.type, facts.created)


def tags_named(names: Iterable[str]) -> list[dict[str, str]]:
    """Parents of the type Tag."""
    return [{"id": opaque("Tag", name), "name": name} for name in names]


async def _facts(call: Call, node: CollectionNode) -> Collection:
    if node.facts is not None:
        return node.facts
    return await get_collection(call.ctx, call.caller, (node.entity, node.project_name, node.name))


async def _collections(
    call: Call,
    project: ProjectNode,
    kind: str | None = None,
    name: str | None = None,
    filters: Any = None,
    order: str | None = None,
) -> list[CollectionNode]:
    place = project.entity, project.name
    wanted = msgspec.json.encode(filters).decode() if filters else None
    found = await list_collections(call.ctx, call.caller, *place, kind=kind, name=name, filter_text=wanted, order=order)
    return [CollectionNode(*place, one.name, one) for one in found]


def _page(nodes: list[CollectionNode], first: int | None, after: str | None) -> dict[str, Any]:
    return {**page_of(nodes, first, after), "totalCount": len(nodes)}


async def _or_none(question: Awaitable[Found]) -> Found | None:
    try:
        return await question
    except Missing:
        return None
