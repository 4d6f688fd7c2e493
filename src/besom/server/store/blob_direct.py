"""Signed requests by which clients send and fetch bytes straight to and from an object store, past the server.

Each is good for one object and a short while. That of an upload covers the SHA-256 of the bytes, which is the object's
name too, so a store that checks what it is sent takes nothing else there. Whether it does is tried out at the start.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import obstore
import urllib3

from besom.protocol import UploadAddress
from besom.server.store.blob_objects import BlobObjects, key_of
from besom.server.store.blob_store import BlobStore
from besom.server.store.errors import StoreError

try:
    from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
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
_BINARY = "application/octet-stream"
_TRIED = "writable"
_SECONDS = 20.0
_BUSY = (429, 500, 502, 503, 504)
_AGAIN = urllib3.Retry(
    connect=0, read=0, other=0, redirect=False, status=4, status_forcelist=_BUSY, allowed_methods=None,
    backoff_factor=0.25, respect_retry_after_header=False, raise_on_status=False,
)  # fmt: skip
_OTHER_BYTES = (b"XAmzContentSHA256Mismatch", b"BadDigest", b"InvalidDigest")
"""What stores say to a body that has not the SHA-256 that was signed."""


class BlobDirect:
    """Signs requests for the blobs of an object store."""

    def __init__(self, objects: BlobObjects) -> None:
        """Tries whether the store takes what is signed, and refuses other bytes.

        Raises:
            StoreError: it does not take signed requests.
        """
        self._objects = objects
        with objects.trouble():
            signed = urlsplit(str(obstore.sign(objects.store, "PUT", _TRIED, GOOD_FOR)))
        self._root = signed._replace(query="").geturl().removesuffix(_TRIED)
        self._region = parse_qs(signed.query)["X-Amz-Credential"][0].split("/")[-3]
        credentials = get_session().get_credentials()
        if credentials is None:
            raise StoreError("There are no credentials to sign with.", "Set AWS_ACCESS_KEY_ID, or give it a role.")
        self._credentials = credentials
        self.checks = self._try()
        """Whether the store refuses other bytes than those that were signed; if not, nothing may be sent there."""

    def get(self, project_id: int, digest: str, saved_as: str) -> str:
        """Where a blob can be fetched, for the next ten minutes, whether it is there or not.

        ``saved_as`` is the ``Content-Disposition`` of an attachment: a browser saves it, whatever it is, and shows none
        of it.

        Raises:
            StoreError: there are no credentials.
        """
        return self._get(key_of(project_id, digest), saved_as)

    def put(self, project_id: int, digest: str) -> UploadAddress:
        """How a blob is sent, within the next quarter of an hour. Only where ``checks`` is true.

        Raises:
            StoreError: there are no credentials.
        """
        return self._put(key_of(project_id, digest), digest)

    def _get(self, key: str, saved_as: str) -> str:
        answered = {"response-content-type": _BINARY, "response-content-disposition": saved_as}
        request = AWSRequest("GET", self._root + key, headers={}, params=answered)
        with self._signing():
            credentials = self._credentials.get_frozen_credentials()
            S3SigV4QueryAuth(credentials, "s3", self._region, int(GOOD_FOR.total_seconds())).add_auth(request)
        return str(request.url)

    def _put(self, key: str, digest: str) -> UploadAddress:
        request = AWSRequest("PUT", self._root + key, headers={"Content-Type": _BINARY})
        with self._signing():
            _OfBytes(digest, self._credentials.get_frozen_credentials(), self._region).add_auth(request)
        return UploadAddress(url=request.url, headers={name: _text(value) for name, value in request.headers.items()})

    @contextlib.contextmanager
    def _signing(self) -> Iterator[None]:
        try:
            yield
        except BotoCoreError as error:
            raise StoreError(f"{self._objects.address} cannot be signed for: {error}.") from None

    def _try(self) -> bool:
        """Sends other bytes than those that were signed, then these, and fetches them."""
        signed = self._put(_TRIED, hashlib.sha256(b"").hexdigest())
        with urllib3.PoolManager(retries=_AGAIN, timeout=_SECONDS) as pool:
            try:
                other = pool.request("PUT", str(signed.url), body=b"other bytes", headers=signed.headers)
                same = pool.request("PUT", str(signed.url), body=b"", headers=signed.headers)
                back = pool.request("GET", self._get(_TRIED, "attachment"))
            except urllib3.exceptions.HTTPError as error:
                raise StoreError(f"{self._objects.address} does not answer signed requests: {error}.") from None
        for answer in (other, same, back):
            if answer.status in _BUSY:  # which says nothing of whether it would have taken other bytes
                raise StoreError(
                    f"{self._objects.address} is busy (status {answer.status}).", "Start again a little later."
                )
            if answer is not other and answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                raise StoreError(
                    f"{self._objects.address} refuses signed requests (status {answer.status}).",
                    "Check credentials, AWS_REGION and this machine's clock, or start without --files-direct.",
                )
        return other.status == HTTPStatus.BAD_REQUEST and any(code in other.data for code in _OTHER_BYTES)


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
