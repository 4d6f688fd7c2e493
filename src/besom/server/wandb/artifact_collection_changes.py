"""Changes to what is said of a name of artifacts, and its end."""

from __future__ import annotations

from typing import Any

from besom.server.services.artifact_collections import (
    CollectionChange,
    CollectionPlace,
    change_collection,
    delete_collection,
)
from besom.server.services.refusals import Conflict
from besom.server.wandb.artifact_collections import tags_named
from besom.server.wandb.artifact_nodes import CollectionNode
from besom.server.wandb.call import Call
from besom.server.wandb.ids import address_of
from besom.server.wandb.nodes import entity_of, project_of
from besom.server.wandb.resolvers import Resolvers

RESOLVERS = Resolvers()


@RESOLVERS.of("Mutation.updateArtifactSequence")
async def update_collection(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, CollectionNode]:
    """Changes the description of a name; what is null stays. The client sends the name with it."""
    place = _place(input)
    if input.get("name") not in (None, place[2]):
        raise Conflict(
            "artifact_name",
            f"The name {place[2]} stays: programs find the versions by it.",
            "Log the files again under the new name.",
            field="name",
        )
    return await _change(call, place, CollectionChange(description=input.get("description")))


@RESOLVERS.of("Mutation.moveArtifactSequence")
async def move_collection(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, CollectionNode]:
    """Gives all versions of a name another type."""
    return await _change(call, _place(input), CollectionChange(type=input["destinationArtifactTypeName"]))


@RESOLVERS.of("Mutation.deleteArtifactSequence")
async def remove_collection(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Deletes all versions of a name."""
    place = _place(input)
    await delete_collection(call.ctx, call.caller, place)
    return {"artifactCollection": CollectionNode(*place)}


@RESOLVERS.of("Mutation.createArtifactCollectionTagAssignments")
async def add_tags(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Gives a name tags."""
    names = _tag_names(input)
    await _change(call, _place_by_name(call, input), CollectionChange(add_tags=names))
    return {"tags": tags_named(names)}


@RESOLVERS.of("Mutation.deleteArtifactCollectionTagAssignments")
async def drop_tags(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Takes tags from a name."""
    await _change(call, _place_by_name(call, input), CollectionChange(drop_tags=_tag_names(input)))
    return {"success": True}


async def _change(call: Call, place: CollectionPlace, change: CollectionChange) -> dict[str, CollectionNode]:
    changed = await change_collection(call.ctx, call.caller, place, change)
    return {"artifactCollection": CollectionNode(*place, changed)}


def _place(asked: dict[str, Any]) -> CollectionPlace:
    entity, project, name = address_of("Collection", asked["artifactSequenceID"])
    return entity, project, name


def _place_by_name(call: Call, asked: dict[str, Any]) -> CollectionPlace:
    entity, project = entity_of(call, asked.get("entityName")), project_of(asked.get("projectName"))
    return entity, project, asked["artifactCollectionName"]


def _tag_names(asked: dict[str, Any]) -> tuple[str, ...]:
    return tuple(tag["tagName"] for tag in asked["tags"])
