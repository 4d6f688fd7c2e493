"""The bytes of files in an object store that speaks S3.

A blob is the object ``PREFIX/PROJECT/ab/DIGEST``. What comes in is first written to a file without a name on this
machine, where its digest is computed; so nothing is sent that is not what it should be, and nothing is left behind by a
server that dies. An object is there as a whole or not at all, also when it is sent in parts.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from besom.server.store.blob_folder import BlobWriter, check_digest
from besom.server.store.errors import StoreError

if TYPE_CHECKING:
    from obstore import ReadableFile

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError:
    raise StoreError(
        "An object store needs the package obstore, which is not installed.", "pip install 'besom[s3]'"
    ) from None

_PART = 8 << 20
_AHEAD = 1 << 20
"""Bytes that an open blob holds: hundreds may be open, and of many only a part is read."""
_MOST_PARTS = 9_000  # S3 takes 10,000
_AT_ONCE = 16
_CODE = re.compile(r"<Code>(\w+)</Code>")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


class BlobObjects:
    """Blobs in a bucket, below a prefix. Address and credentials of the store come from the ``AWS_`` variables, or from
    the machine's role."""

    def __init__(self, address: str, scratch: Path) -> None:
        """Checks that it can be written, so that a server does not start with a wrong address.

        Raises:
            StoreError: it cannot.
        """
        parts = urlsplit(address)
        if not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
            raise StoreError(
                f"{_shown(address)!r} is no place for files.",
                "Write s3://BUCKET/PREFIX. Credentials are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                "from the machine's role.",
            )
        self.address = address.rstrip("/")
        self._scratch = scratch
        endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
        with self.trouble():
            scratch.mkdir(parents=True, exist_ok=True)
            self.store = S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                client_options={"allow_http": endpoint is not None and endpoint.startswith("http://")},
                retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=30)},
                config={} if endpoint is None else {"endpoint": endpoint},
            )
        self.check()

    def check(self) -> None:
        """Raises StoreError when nothing could be written now."""
        with self.trouble():
            obstore.put(self.store, "writable", b"")

    def write(self) -> BlobWriter:
        """Takes in a new blob; raises StoreError."""
        with self.trouble():
            return BlobWriter(self._scratch, named=False)

    def keep(self, written: BlobWriter, project_id: int) -> None:
        """Sends what was written to its place; raises StoreError."""
        key, part = key_of(project_id, written.digest), max(_PART, written.size // _MOST_PARTS)
        try:
            with self.trouble():
                obstore.put(self.store, key, written.rewound(), chunk_size=part)
        finally:
            written.discard()

    def size(self, project_id: int, digest: str) -> int | None:
        """Bytes of a blob; None when it is not there."""
        key = key_of(project_id, digest)
        with self.trouble():
            try:
                return int(obstore.head(self.store, key)["size"])
            except FileNotFoundError:
                return None

    def open(self, project_id: int, digest: str) -> BlobObject | None:
        """A blob's bytes, fetched as they are read; None when they are not there."""
        key = key_of(project_id, digest)
        with self.trouble():
            try:
                return BlobObject(obstore.open_reader(self.store, key, buffer_size=_AHEAD), self)
            except FileNotFoundError:
                return None

    def share(self, digests: Iterable[str], project_id: int, other: int) -> None:
        """Gives another project blobs of this one, those that are there and that it lacks. The store copies them
        itself; one that is too large for that is copied by this machine.

        Raises:
            StoreError: it cannot be used.
        """

        def share_one(digest: str) -> None:
            if self.size(other, digest) is not None:
                return
            try:
                obstore.copy(self.store, key_of(project_id, digest), key_of(other, digest))
            except FileNotFoundError:
                return
            except BaseError:
                self._copy(project_id, digest, other)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(share_one, digests))

    def _copy(self, project_id: int, digest: str, other: int) -> None:
        file = self.open(project_id, digest)
        if file is None:
            return
        writer = self.write()
        try:
            with file:
                while piece := file.read(_PART):
                    writer.append(piece)
            self.keep(writer, other)
        finally:
            writer.discard()

    def remove(self, blobs: Iterable[tuple[int, str]]) -> None:
        """Deletes blobs, each a project and a digest, many with one request; they may be missing. Raises StoreError."""
        with self.trouble(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self.store, [key_of(*blob) for blob in blobs])

    def remove_project(self, project_id: int) -> None:
        """Deletes all blobs of a project; raises StoreError."""
        with self.trouble(), contextlib.suppress(FileNotFoundError):
            for objects in obstore.list(self.store, str(int(project_id)), chunk_size=1000):
                obstore.delete(self.store, [found["path"] for found in objects])

    @contextlib.contextmanager
    def trouble(self) -> Iterator[None]:
        """In the block, what goes wrong with the store is a StoreError."""
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(
                f"{self.address} cannot be used: {_first_line(error)}.",
                "Nothing was lost, clients send again. Check bucket, AWS_ENDPOINT_URL, AWS_REGION and credentials.",
            ) from None


class BlobObject:
    """A blob in an object store, open for reading."""

    def __init__(self, reader: ReadableFile, objects: BlobObjects) -> None:
        self._reader = reader
        self._objects = objects

    def read(self, size: int = -1) -> bytes:
        """At most as many bytes from here on, or all; raises StoreError."""
        with self._objects.trouble():
            return bytes(self._reader.read(size if size >= 0 else None))

    def seek(self, offset: int) -> int:
        """Goes to a byte."""
        return self._reader.seek(offset)

    def close(self) -> None:
        """Gives it back; may be called again."""
        self._reader.close()

    def __enter__(self) -> BlobObject:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def key_of(project_id: int, digest: str) -> str:
    """The name of a blob's object, below the prefix."""
    return f"{int(project_id)}/{check_digest(digest)[:2]}/{digest}"


def _shown(address: str) -> str:
    """Without what stands before an @: somebody took it for the place of a password."""
    return address.partition("://")[0] + "://" + address.rpartition("@")[2].removeprefix("s3://")


def _first_line(error: Exception) -> str:
    """What the library says, without the document that the store has answered with; of that, the code alone."""
    text = str(error).strip()
    line = text.partition("\n")[0].partition(": <?xml")[0].rstrip(".") or type(error).__name__
    code = _CODE.search(text)
    return f"{line} ({code[1]})" if code else line
