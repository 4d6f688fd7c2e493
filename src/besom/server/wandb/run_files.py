"""Files of runs: addresses to send them to, lists, and the end of them."""

from __future__ import annotations

import contextlib
import posixpath
from functools import partial
from typing import Any

from besom.protocol import RunFile
from besom.server.services import run_files, runs
from besom.server.services.blob_md5s import md5s_of
from besom.server.services.file_paths import check_path
from besom.server.services.manifests import to_base64
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.run_files import RunPlace
from besom.server.services.signing import Method
from besom.server.wandb.call import Call
from besom.server.wandb.files import FileNode
from besom.server.wandb.ids import address_of, opaque
from besom.server.wandb.nodes import RunNode, entity_of, project_of
from besom.server.wandb.pages import page_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.storage import address

RESOLVERS = Resolvers()


@RESOLVERS.of("Mutation.createRunFiles")
async def create_run_files(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Where to put files of a run; nowhere, for names that no file can have."""
    place = _place(call, input)
    run = RunNode(await runs.get_run(call.ctx, call.caller, *place, "work"))
    files = [{"name": name, "uploadUrl": await _url(call, place, name, "PUT")} for name in input["files"]]
    return {"runID": run.id, "uploadHeaders": [], "files": files}


@RESOLVERS.of("Mutation.markRunFilesUploaded")
async def mark_run_files_uploaded(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """A file is known as soon as its bytes are; this only says whether they are."""
    place = _place(call, input)
    there = await run_files.files_like(call.ctx, call.caller, place, input["files"], None)
    return {"success": len(there) == len(set(input["files"]))}


@RESOLVERS.of("Mutation.deleteFiles")
async def delete_files(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Deletes files of runs; those that are gone already, as well."""
    for identity in input["files"]:
        entity, project, run_id, path = address_of("File", identity)
        with contextlib.suppress(Missing):
            await run_files.delete_file(call.ctx, call.caller, entity, project, run_id, path)
    return {"success": True}


@RESOLVERS.of("Run.fileCount")
async def file_count(call: Call, run: RunNode) -> int:
    """How many files there are."""
    return len(await run_files.files_like(call.ctx, call.caller, _place_of(run), (), None))


@RESOLVERS.of("Run.files")
async def files(
    call: Call,
    run: RunNode,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
    pattern: str | None = None,
) -> dict[str, Any]:
    """A page of the files, by path; names that were asked for and are not there come last."""
    place = _place_of(run)
    found = await run_files.files_like(call.ctx, call.caller, place, names or (), pattern)
    absent = {posixpath.normpath(name) for name in names or ()} - {file.path for file in found}
    page = page_of([*found, *map(_absent, sorted(absent))], first, after)
    shown: list[RunFile] = [edge["node"] for edge in page["edges"]]
    digests = {file.digest for file in shown if file.present}
    md5s = await md5s_of(call.ctx, call.services.blobs, call.caller, place[0], place[1], digests)
    for edge, file in zip(page["edges"], shown, strict=True):
        edge["node"] = _node(call, place, file, md5s.get(file.digest))
    return {**page, "totalCount": len(found) + len(absent)}


def _place(call: Call, given: dict[str, Any]) -> RunPlace:
    return entity_of(call, given.get("entityName")), project_of(given.get("projectName")), given["runName"]


def _place_of(run: RunNode) -> RunPlace:
    return run.run.entity, run.run.project, run.run.id


async def _url(call: Call, place: RunPlace, name: str, method: Method) -> str | None:
    """None for a name that no file can have."""
    try:
        check_path(name)
    except Invalid:
        return None
    return await address(call, method, "runs", *place, name)


def _absent(name: str) -> RunFile:
    return RunFile(path=name, digest="", size=0, created=0, present=False)


def _node(call: Call, place: RunPlace, file: RunFile, md5: str | None) -> FileNode:
    """As the client reads it; one that is not there it tells by its MD5."""
    return FileNode(
        opaque("File", *place, file.path),
        file.path,
        partial(_url, call, place, file.path),
        size=file.size,
        digest=file.digest or None,
        md5=(None if md5 is None else to_base64(md5)) if file.present else "0",
        updated=file.created or None,
    )
