"""How a version of an artifact is sent: drafts, manifests, files, the commit; and which run uses it."""

from __future__ import annotations

import re
from typing import Any

from besom.server.services import artifact_changes, artifact_drafts, draft_files
from besom.server.services.artifact_drafts import Draft, NewDraft
from besom.server.services.manifests import to_base64, to_hexadecimal
from besom.server.services.refusals import Invalid
from besom.server.services.signing import Method
from besom.server.wandb.artifact_nodes import ArtifactNode, draft_id, draft_place, get_node, place_of
from besom.server.wandb.artifacts import metadata_of, ttl_of
from besom.server.wandb.call import Call
from besom.server.wandb.files import FileNode
from besom.server.wandb.ids import address_of, opaque
from besom.server.wandb.nodes import entity_of, project_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.storage import address

RESOLVERS = Resolvers()


@RESOLVERS.of("Mutation.createArtifact")
async def create_artifact(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Announces a version. The answer says whether there is anything left to send."""
    place = entity_of(call, input.get("entityName")), project_of(input.get("projectName"))
    new = NewDraft(
        name=_name(input),
        type=input["artifactTypeName"],
        digest=input["digest"],
        run_id=input.get("runName") or None,
        client_id=input.get("clientID"),
        shared_id=input.get("distributedID") or None,
        description=input.get("description"),
        metadata=metadata_of(input) or {},
        tags=[tag["tagName"] for tag in input.get("tags") or ()],
        aliases=[alias["alias"] for alias in input.get("aliases") or ()],
        history_step=input.get("historyStep"),
        ttl=ttl_of(input) or None,
        reuse=bool(input.get("enableDigestDeduplication")),
    )
    return {"artifact": await artifact_drafts.begin(call.ctx, call.caller, *place, new)}


@RESOLVERS.of("Mutation.createArtifactManifest")
async def create_manifest(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Announces the list of files; only an incremental one adds to those of another version."""
    place = draft_place(input["artifactID"])
    base = input.get("baseArtifactID") if input.get("type") == "INCREMENTAL" else None
    base_place = None if base is None else await place_of(call, base)
    sender = input.get("runName") or ""
    number = await artifact_drafts.add_manifest(call.ctx, call.caller, place, sender, base_place)
    return {"artifactManifest": _manifest(call, opaque("DraftManifest", *map(str, place), str(number)))}


@RESOLVERS.of("Mutation.updateArtifactManifest")
async def update_manifest(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Asks anew where to put the list of files."""
    entity, project, draft, _ = address_of("DraftManifest", input["artifactManifestID"])
    place = entity, project, int(draft) if draft.isdecimal() else 0
    await artifact_drafts.find_draft(call.ctx, call.caller, place, "work")
    return {"artifactManifest": _manifest(call, input["artifactManifestID"])}


@RESOLVERS.of("Mutation.createArtifactFiles")
async def create_files(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Where to put files, in their order; nowhere, where the project has their bytes."""
    asked = input["artifactFiles"]
    drafts = {file["artifactID"]: draft_place(file["artifactID"]) for file in asked}
    known = {
        place[:2]: await draft_files.known_md5s(
            call.ctx,
            call.caller,
            *place[:2],
            {to_hexadecimal(file["md5"]) for file in asked if drafts[file["artifactID"]][:2] == place[:2]},
        )
        for place in drafts.values()
    }
    nodes = []
    for file in asked:
        entity, project, _ = drafts[file["artifactID"]]
        md5 = to_hexadecimal(file["md5"])
        node = {"storagePath": file["name"], "uploadHeaders": [], "artifact": {"id": file["artifactID"]}}
        if md5 not in known[entity, project]:  # a file without this address is taken for known, also in parts
            node["uploadUrl"] = await address(call, "PUT", "uploads", entity, project, md5)
            if parts := file.get("uploadPartsInput"):
                node["uploadMultipartUrls"] = await _part_addresses(call, entity, project, md5, parts)
        nodes.append(node)
    return {"files": {"edges": [{"node": node} for node in nodes]}}


@RESOLVERS.of("Mutation.completeMultipartUploadArtifact")
async def join_parts(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, str]:
    """Makes one file of the parts that have arrived. The upload's id is the MD5 of the whole."""
    entity, project, _ = draft_place(input["artifactID"])
    md5 = _checked_md5(input["uploadID"])
    in_order = sorted(input["completedParts"], key=lambda part: part["partNumber"])
    parts = [_checked_md5(part["hexMD5"]) for part in in_order]
    await call.services.parts.join(call.caller, entity, project, md5, parts)
    return {"digest": to_base64(md5)}


@RESOLVERS.of("Mutation.commitArtifact")
async def commit(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Makes the draft a version."""
    place = draft_place(input["artifactID"])
    return {"artifact": await draft_files.commit(call.ctx, call.services.blobs, call.caller, place)}


@RESOLVERS.of("Mutation.useArtifact")
async def use_artifact(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, ArtifactNode]:
    """Notes that a run uses a version."""
    place = await place_of(call, input["artifactID"])
    run = entity_of(call, input.get("entityName")), project_of(input.get("projectName")), input["runName"]
    await artifact_changes.use_artifact(call.ctx, call.caller, place, run)
    return {"artifact": await get_node(call, place)}


@RESOLVERS.of("Query.clientIDMapping")
async def client_id_mapping(call: Call, _parent: None, clientID: str) -> dict[str, str] | None:
    """Which artifact it is that a client drew an id for."""
    draft = await artifact_drafts.draft_of_client(call.ctx, call.caller, clientID)
    return None if draft is None else {"serverID": draft_id(draft)}


async def _part_addresses(
    call: Call, entity: str, project: str, md5: str, parts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Where to put the parts of a file: each is bytes with an MD5 like any other's."""
    md5s = {part["partNumber"]: _checked_md5(part["hexMD5"]) for part in parts}
    addresses = [
        {"partNumber": number, "uploadUrl": await address(call, "PUT", "uploads", entity, project, part)}
        for number, part in sorted(md5s.items())
    ]
    return {"uploadID": md5, "uploadUrlParts": addresses}


def _checked_md5(text: str) -> str:
    """An MD5 in hexadecimal, which may stand in quotes as an ETag does; raises Invalid."""
    md5 = text.strip('"').lower()
    if re.fullmatch("[0-9a-f]{32}", md5) is None:
        raise Invalid("bad_md5", f"{text[:80]!r} is no MD5 in hexadecimal.")
    return md5


def _name(asked: dict[str, Any]) -> str:
    """Parts of the client that are written in Python send a list with one name."""
    names = [asked.get("artifactCollectionName"), *(asked.get("artifactCollectionNames") or ())]
    name = next(filter(None, names), None)
    if name is None:
        raise Invalid("bad_name", "The artifact needs a name.", field="artifactCollectionName")
    return str(name)


def _newest(draft: Draft) -> dict[str, Any] | None:
    if draft.newest is None:
        return None
    number = int(draft.newest.rpartition(":v")[2])
    return {"id": opaque("Artifact", draft.entity, draft.project, draft.newest), "versionIndex": number}


RESOLVERS.plain(
    "ArtifactDraft",
    {
        "id": lambda draft: draft["id"] if isinstance(draft, dict) else draft_id(draft),
        "state": lambda draft: "PENDING" if draft.version is None else "COMMITTED",
        "artifactSequence": lambda draft: draft,
    },
)
RESOLVERS.plain(
    "DraftSequence",
    {
        "id": lambda draft: opaque("Collection", draft.entity, draft.project, draft.name),
        "latestArtifact": _newest,
    },
)


def _manifest(call: Call, identity: str) -> dict[str, Any]:
    entity, project, draft, number = address_of("DraftManifest", identity)

    async def url(method: Method) -> str:
        return await address(call, method, "drafts", entity, project, draft, number)

    return {"id": identity, "file": FileNode(identity, "wandb_manifest.json", url)}
