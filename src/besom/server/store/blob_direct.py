"""Signed requests by which clients send and fetch bytes straight to and from an object store, past the server.

Each is good for one object and a short while. That of an upload covers the SHA-256 of the bytes, which is the object's
name too, so a store that checks what it is sent takes nothing else there. Whether it does is tried out at the start.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import obstore
import urllib3

from besom.protocol import UploadAddress
from besom.server.store.blob_objects import BlobObjects, key_of
from besom.server.store.blob_store import BlobStore
from besom.server.store.errors import StoreError

try:
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.session import get_session
except ImportError:
    raise StoreError(
        "Transfers straight from and to an object store need the package botocore, which is not installed.",
        "pip install 'besom[s3]'",
    ) from None

GOOD_FOR = timedelta(minutes=10)
"""The time in which a download must begin. An upload has a quarter of an hour, by the rules of the stores."""
_TRIED = "writable"
_SECONDS = 20.0


class BlobDirect:
    """Signs requests for the blobs of an object store."""

    def __init__(self, objects: BlobObjects) -> None:
        """Tries whether the store takes what is signed, and refuses other bytes.

        Raises:
            StoreError: it does not take signed requests.
        """
        self._objects = objects
        credentials = get_session().get_credentials()
        if credentials is None:
            raise StoreError("There are no credentials to sign with.", "Set AWS_ACCESS_KEY_ID, or give it a role.")
        self._credentials = credentials
        self.checks = self._try()
        """Whether the store refuses other bytes than those that were signed; if not, nothing may be sent there."""

    def get(self, project_id: int, digest: str) -> str:
        """Where a blob can be fetched, for the next ten minutes, whether it is there or not."""
        return self._address("GET", key_of(project_id, digest))

    def put(self, project_id: int, digest: str) -> UploadAddress:
        """How a blob is sent, within the next quarter of an hour. Only where ``checks`` is true.

        Raises:
            StoreError: there are no credentials.
        """
        return self._put(key_of(project_id, digest), digest)

    def _put(self, key: str, digest: str) -> UploadAddress:
        signed = urlsplit(self._address("PUT", key))
        url = signed._replace(query="").geturl()
        region = parse_qs(signed.query)["X-Amz-Credential"][0].split("/")[-3]
        request = AWSRequest("PUT", url, headers={})
        try:
            _OfBytes(digest, self._credentials.get_frozen_credentials(), region).add_auth(request)
        except BotoCoreError as error:
            raise StoreError(f"{self._objects.address} cannot be signed for: {error}.") from None
        return UploadAddress(url=url, headers={name: _text(value) for name, value in request.headers.items()})

    def _address(self, method: str, key: str) -> str:
        with self._objects.trouble():
            return str(obstore.sign(self._objects.store, "PUT" if method == "PUT" else "GET", key, GOOD_FOR))

    def _try(self) -> bool:
        signed = self._put(_TRIED, hashlib.sha256(b"").hexdigest())
        with urllib3.PoolManager(retries=False, timeout=_SECONDS) as pool:
            url, headers = str(signed.url), signed.headers
            try:
                other = pool.request("PUT", url, body=b"other bytes", headers=headers).status
                signed_for = pool.request("PUT", url, body=b"", headers=headers).status
            except urllib3.exceptions.HTTPError as error:
                raise StoreError(f"{self._objects.address} does not answer signed requests: {error}.") from None
        if signed_for >= 300:
            raise StoreError(
                f"{self._objects.address} refuses signed requests (status {signed_for}).",
                "Check credentials, AWS_REGION and this machine's clock, or start without --files-direct.",
            )
        return other >= 400


class _OfBytes(S3SigV4Auth):  # type: ignore[misc]  # botocore is not typed
    """Signs for bytes with a known SHA-256."""

    def __init__(self, digest: str, credentials: object, region: str) -> None:
        super().__init__(credentials, "s3", region)
        self._digest = digest

    def payload(self, request: object) -> str:  # noqa: ARG002  what it replaces has it
        """What the store is to find the body's SHA-256 to be."""
        return self._digest


def open_direct(blobs: BlobStore) -> BlobDirect:
    """Transfers past the server.

    Raises:
        StoreError: the bytes lie in a folder, or the store cannot be used so.
    """
    if not isinstance(blobs, BlobObjects):
        raise StoreError("--files-direct is for files in an object store.", "Add --files s3://BUCKET/PREFIX.")
    return BlobDirect(blobs)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
