"""Files of a version of an artifact: its manifest, and where the bytes are."""

from __future__ import annotations

from functools import partial
from typing import Any

from besom.protocol import FileEntry, Reference
from besom.server.services import artifact_lists
from besom.server.services.blob_md5s import md5s_of
from besom.server.services.manifests import to_base64
from besom.server.services.signing import Method
from besom.server.wandb.artifact_nodes import ArtifactNode
from besom.server.wandb.call import Call
from besom.server.wandb.files import FileNode
from besom.server.wandb.ids import opaque
from besom.server.wandb.pages import page_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.storage import address

RESOLVERS = Resolvers()


@RESOLVERS.of("Artifact.currentManifest")
def current_manifest(call: Call, node: ArtifactNode) -> dict[str, Any]:
    """The list of its files."""
    identity = opaque("Manifest", *node.place)

    async def url(method: Method) -> str | None:
        return await address(call, "GET", "manifests", *node.place) if method == "GET" else None

    file = FileNode(identity, "wandb_manifest.json", url)
    return {"id": identity, "digest": node.artifact.digest, "file": file}


@RESOLVERS.of("Artifact.filesByManifestEntries")
async def files_by_entries(
    call: Call,
    node: ArtifactNode,
    entries: list[dict[str, Any]] | None = None,
    after: str | None = None,
    first: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Those files that the client knows from the manifest."""
    return await page_of_files(call, node, [entry["name"] for entry in entries or ()], first, after)


async def page_of_files(
    call: Call, node: ArtifactNode, names: list[str] | None, first: int | None, after: str | None
) -> dict[str, Any]:
    """A page of files and references, by path; of these names, unless None."""
    whole = await artifact_lists.get_artifact(call.ctx, call.caller, *node.place)
    entries: list[FileEntry | Reference] = [*whole.files, *whole.references]
    wanted = None if names is None else set(names)
    found = sorted((e for e in entries if wanted is None or e.path in wanted), key=lambda entry: entry.path)
    page = page_of(found, first, after)
    shown: list[FileEntry | Reference] = [edge["node"] for edge in page["edges"]]
    digests = {entry.digest for entry in shown if isinstance(entry, FileEntry)}
    md5s = await md5s_of(call.ctx, call.services.blobs, call.caller, *node.place[:2], digests)
    for edge, entry in zip(page["edges"], shown, strict=True):
        edge["node"] = _file(call, node, entry, md5s)
    return {**page, "totalCount": len(found)}


def _file(call: Call, node: ArtifactNode, entry: FileEntry | Reference, md5s: dict[str, str]) -> FileNode:
    is_here = isinstance(entry, FileEntry)
    md5 = to_base64(md5s[entry.digest]) if is_here and entry.digest in md5s else None
    return FileNode(
        opaque("ArtifactFile", *node.place, entry.path),
        entry.path,
        partial(_url, call, node, entry),
        size=entry.size or 0,
        digest=md5 if is_here else entry.digest,
        md5=md5,
        updated=node.artifact.created,
        storage_path=f"wandb_artifacts/{entry.digest}" if is_here else None,
    )


async def _url(call: Call, node: ArtifactNode, entry: FileEntry | Reference, method: Method) -> str | None:
    if method == "PUT":
        return None
    if isinstance(entry, Reference):
        return entry.uri
    return await address(call, "GET", "blobs", *node.place[:2], entry.digest, entry.path)
