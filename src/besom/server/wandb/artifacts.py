"""The type Artifact: one version, what is said of it, and changes to that."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from besom.server.services import artifact_changes, artifact_lists, runs
from besom.server.services.artifact_changes import ArtifactChange
from besom.server.services.artifact_lists import Slice
from besom.server.services.refusals import Forbidden, Gone, Invalid, Missing
from besom.server.store.artifacts import Role
from besom.server.wandb.artifact_nodes import ArtifactNode, CollectionNode, TypeNode, get_node, place_of
from besom.server.wandb.call import Call
from besom.server.wandb.ids import opaque
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.pages import connection, page_of, position_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_json, write_time

RESOLVERS = Resolvers()

_FOR_EVER = -1
"""In place of seconds that a version is kept. The client has another such number (-2), for a version that is to be kept
although its team deletes others; here nobody does."""


@RESOLVERS.of("Query.artifact")
async def artifact(call: Call, _parent: None, id: str) -> ArtifactNode | None:
    """A version by its id."""
    try:
        return await get_node(call, await place_of(call, id))
    except Missing:
        return None


@RESOLVERS.of("Mutation.updateArtifact")
async def update_artifact(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, ArtifactNode]:
    """Changes what is said of a version; what is null stays."""
    change = ArtifactChange(
        description=input.get("description"),
        metadata=metadata_of(input),
        add_tags=tuple(tag["tagName"] for tag in input.get("tagsToAdd") or ()),
        drop_tags=tuple(tag["tagName"] for tag in input.get("tagsToDelete") or ()),
        add_aliases=_aliases(input),
        ttl=ttl_of(input),
    )
    return {"artifact": await _change(call, input, change)}


@RESOLVERS.of("Mutation.addAliases")
async def add_aliases(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Gives a version further names."""
    await _change(call, input, ArtifactChange(add_aliases=_aliases(input)))
    return {"success": True}


@RESOLVERS.of("Mutation.deleteAliases")
async def delete_aliases(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Takes names from a version."""
    await _change(call, input, ArtifactChange(drop_aliases=_aliases(input)))
    return {"success": True}


@RESOLVERS.of("Mutation.deleteArtifact")
async def delete_artifact(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, ArtifactNode]:
    """Deletes a version."""
    place = await place_of(call, input["artifactID"])
    node = await get_node(call, place)
    with_aliases = bool(input.get("deleteAliases"))
    await artifact_changes.delete_artifact(call.ctx, call.caller, place, with_aliases=with_aliases)
    return {"artifact": node}


@RESOLVERS.of("Run.outputArtifacts")
async def output_artifacts(
    call: Call, run: RunNode, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """Versions that the run logged."""
    return await _of_run(call, run, "output", first, after)


@RESOLVERS.of("Run.inputArtifacts")
async def input_artifacts(
    call: Call, run: RunNode, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """Versions that the run used."""
    return await _of_run(call, run, "input", first, after)


@RESOLVERS.of("Artifact.createdBy")
async def created_by(call: Call, node: ArtifactNode) -> RunNode | None:
    """The run that made it first, if the caller may see that one, too."""
    made = node.artifact
    if made.run_id is not None:
        with contextlib.suppress(Missing, Gone, Forbidden):
            return RunNode(await runs.get_run(call.ctx, call.caller, made.entity, made.project, made.run_id))
    return None


@RESOLVERS.of("Artifact.usedBy")
async def used_by(call: Call, node: ArtifactNode) -> dict[str, Any]:
    """The runs that used it."""
    users = await artifact_lists.runs_using(call.ctx, call.caller, *node.place)
    return page_of([RunNode(run) for run in users], None, None)


def metadata_of(asked: dict[str, Any]) -> dict[str, Any] | None:
    """What the client says of a version in its own words; raises Invalid."""
    metadata = asked.get("metadata")
    if metadata is None or isinstance(metadata, dict):
        return metadata
    raise Invalid("bad_metadata", "The metadata of an artifact must be a JSON object.", field="metadata")


def ttl_of(asked: dict[str, Any]) -> int | None:
    """Seconds that a version is to be kept; 0: for ever; None: nothing is said of it."""
    seconds: int | None = asked.get("ttlDurationSeconds")
    return None if seconds is None else max(seconds, 0)


def collection_of(node: ArtifactNode) -> CollectionNode:
    """All versions of its name."""
    return CollectionNode(node.artifact.entity, node.artifact.project, node.artifact.name)


def aliases_of(node: ArtifactNode) -> list[dict[str, Any]]:
    """Parents of the type ArtifactAlias."""
    collection = collection_of(node)
    return [alias_of(collection, alias) for alias in node.artifact.aliases]


def alias_of(collection: CollectionNode, alias: str) -> dict[str, Any]:
    """Parent of the type ArtifactAlias."""
    identity = opaque("Alias", collection.entity, collection.project_name, collection.name, alias)
    return {"id": identity, "alias": alias, "artifactCollection": collection}


async def page_of_versions(
    ask: Callable[[int, int | None], Awaitable[Slice]], after: str | None, first: int | None
) -> dict[str, Any]:
    """A page of versions. ``ask`` is asked from which place on, and for how many."""
    start = position_of(after)
    found = await ask(start, first)
    nodes = [ArtifactNode(version) for version in found.artifacts]
    end = start + len(nodes)
    page = connection(nodes, [str(place + 1) for place in range(start, end)], more=end < found.total)
    for edge in page["edges"]:
        edge["version"] = f"v{edge['node'].artifact.version}"
    return {**page, "totalCount": found.total}


RESOLVERS.plain(
    "Artifact",
    {
        "artifactSequence": collection_of,
        "versionIndex": lambda node: node.artifact.version,
        "artifactType": lambda node: TypeNode(node.project, node.artifact.type, node.artifact.created),
        "description": lambda node: node.artifact.description,
        "metadata": lambda node: write_json(node.artifact.metadata),
        "ttlDurationSeconds": lambda node: node.artifact.ttl or _FOR_EVER,
        "ttlIsInherited": lambda node: node.artifact.ttl is None,
        "historyStep": lambda node: node.artifact.history_step,
        "tags": lambda node: [{"id": opaque("Tag", tag), "name": tag} for tag in node.artifact.tags],
        "state": lambda _node: "COMMITTED",
        "size": lambda node: node.artifact.size,
        "digest": lambda node: node.artifact.digest,
        "digestAlgorithm": lambda _node: "MANIFEST_MD5",
        "commitHash": lambda node: node.artifact.digest,
        "fileCount": lambda node: node.artifact.file_count,
        "createdAt": lambda node: write_time(node.artifact.created),
        "updatedAt": lambda node: write_time(node.artifact.created),
        "aliases": aliases_of,
    },
)


def _aliases(asked: dict[str, Any]) -> tuple[str, ...]:
    return tuple(alias["alias"] for alias in asked.get("aliases") or ())


async def _change(call: Call, asked: dict[str, Any], change: ArtifactChange) -> ArtifactNode:
    place = await place_of(call, asked["artifactID"])
    return ArtifactNode(await artifact_changes.change_artifact(call.ctx, call.caller, place, change))


async def _of_run(call: Call, node: RunNode, role: Role, first: int | None, after: str | None) -> dict[str, Any]:
    place = node.run.entity, node.run.project, node.run.id
    ask = partial(artifact_lists.versions_of_run, call.ctx, call.caller, place, role)
    return await page_of_versions(ask, after, first)
