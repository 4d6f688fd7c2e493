"""What the server asks of the place where the bytes of files lie: a folder, or an object store that speaks S3.

Which bytes a project has is told by the table ``blobs``. A blob is written aside and checked; in its place it is whole,
durable and never changes. All calls block.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from besom.protocol import UploadAddress
from besom.server.store.blob_folder import BlobFolder, BlobWriter

OBJECT_STORE = "s3://"


class BlobFile(Protocol):
    """The bytes of a blob, open for reading."""

    def read(self, size: int = -1, /) -> bytes:
        """At most as many bytes from here on, or all; none at the end."""

    def seek(self, offset: int, /) -> int:
        """Goes to a byte."""

    def close(self) -> None:
        """Gives it back; may be called again."""

    def __enter__(self) -> BlobFile: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> object: ...


class BlobStore(Protocol):
    """A place of blobs. Everything that touches it may raise StoreError."""

    def check(self) -> None:
        """Raises StoreError when nothing could be written now."""

    def write(self) -> BlobWriter:
        """Takes in a new blob."""

    def keep(self, written: BlobWriter, project_id: int, /) -> None:
        """Puts what was written in its place, durably."""

    def size(self, project_id: int, digest: str, /) -> int | None:
        """Bytes of a blob; None when it is not there."""

    def open(self, project_id: int, digest: str, /) -> BlobFile | None:
        """A blob's bytes; None when they are not there."""

    def share(self, digests: Iterable[str], project_id: int, other: int, /) -> None:
        """Gives another project blobs of this one, those that are there and that it lacks."""

    def remove(self, blobs: Iterable[tuple[int, str]], /) -> None:
        """Deletes blobs, each a project and a digest; they may be missing."""

    def remove_project(self, project_id: int, /) -> None:
        """Deletes all blobs of a project; there may be none. Raises StoreError."""


class DirectStore(Protocol):
    """Signed requests for the bytes of blobs, which clients send past the server."""

    @property
    def checks(self) -> bool:
        """Whether nothing can be put there but the bytes of the digest."""

    def get(self, project_id: int, digest: str, saved_as: str, /) -> str:
        """Where a blob can be fetched for some minutes; ``saved_as`` is its ``Content-Disposition``."""

    def put(self, project_id: int, digest: str, /) -> UploadAddress:
        """How a blob is sent. Only where ``checks`` is true."""


def open_blobs(place: str, scratch: Path) -> BlobStore:
    """The blobs at a place.

    Args:
        place: A folder, or ``s3://BUCKET/PREFIX``.
        scratch: A folder with room for what is on its way to an object store; made when missing.

    Raises:
        StoreError: it cannot be used.
    """
    if not place.startswith(OBJECT_STORE):
        return BlobFolder(Path(place))
    from besom.server.store.blob_objects import BlobObjects  # its library is an extra

    return BlobObjects(place, scratch)
