"""Copies the bytes that a database names from one place to another, and checks each by its digest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from besom.server.store.blob_store import BlobStore
from besom.server.store.transfer import Blob

_AT_ONCE = 8
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, or was there already."""

    files: int
    bytes: int
    missing: list[str]
    """Digests of bytes that the source has lost, or has otherwise than they should be."""


def copy_blobs(named: Sequence[Blob], source: BlobStore, target: BlobStore, progress: Callable[[int], None]) -> Copied:
    """Copies what the target lacks, several at a time; so it may be broken off and done again.

    Raises:
        StoreError: a place cannot be read or written.
    """
    files = size = 0
    missing = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for blob, is_there in zip(named, pool.map(lambda blob: _copy(blob, source, target), named), strict=True):
            if is_there:
                files += 1
                size += blob.size
            else:
                missing.append(blob.digest)
            progress(files)
    return Copied(files, size, missing)


def _copy(blob: Blob, source: BlobStore, target: BlobStore) -> bool:
    if target.size(blob.project_id, blob.digest) == blob.size:
        return True
    file = source.open(blob.project_id, blob.digest)
    if file is None:
        return False
    writer = target.write()
    try:
        with file:
            while piece := file.read(_PIECE):
                writer.append(piece)
        if writer.digest != blob.digest:
            return False
        target.keep(writer, blob.project_id)
    finally:
        writer.discard()
    return True
