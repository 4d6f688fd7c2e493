"""The type File: a file of a run or of an artifact, by whatever the client calls it."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from besom.server.services.signing import Method
from besom.server.wandb.call import Call
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_time

RESOLVERS = Resolvers()


@dataclass(frozen=True, slots=True)
class FileNode:
    """Parent of the type File."""

    id: str
    name: str
    url: Callable[[Method], Awaitable[str | None]]
    """Where its bytes are, or may be put."""
    size: int = 0
    digest: str | None = None
    """As the list that it is in knows its bytes."""
    md5: str | None = None
    """In base64."""
    updated: float | None = None
    storage_path: str | None = None


@RESOLVERS.of("File.url")
async def url(_call: Call, file: FileNode, upload: bool | None = None) -> str | None:
    """Where to get it, or with ``upload`` where to put it."""
    return await file.url("PUT" if upload else "GET")


@RESOLVERS.of("File.directUrl")
async def direct_url(_call: Call, file: FileNode) -> str | None:
    """Where to get it."""
    return await file.url("GET")


@RESOLVERS.of("File.uploadUrl")
async def upload_url(_call: Call, file: FileNode) -> str | None:
    """Where to put it."""
    return await file.url("PUT")


RESOLVERS.plain(
    "File",
    {
        "displayName": lambda file: file.name,
        "uploadHeaders": lambda _file: [],
        "sizeBytes": lambda file: file.size,
        "storagePath": lambda file: file.storage_path,
        "mimetype": lambda file: mimetypes.guess_type(file.name)[0],
        "updatedAt": lambda file: write_time(file.updated),
    },
)
