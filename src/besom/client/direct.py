"""Bytes that pass the server by, straight to and from its object store, where it says how.

Neither key nor cookie goes to the store: what it is sent is signed. Whatever goes wrong there, the server does it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import urllib3

from besom.client.connection import Connection
from besom.errors import ApiError, ServerUnreachable
from besom.protocol import UploadAddress

LEAST = 1 << 20
"""Bytes from which on the server is asked."""
MOST = 5 << 30
"""As many as a store takes with one request."""
AVOID_SECONDS = 3600.0
"""How long nothing is tried again after the server, or the network, did not let it."""
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 300.0

_avoided: dict[str, float] = {}
"""Until when, by the server's address and the way: other networks may reach its store, this one does not."""


def send(connection: Connection, project_route: str, digest: str, size: int, file: BinaryIO) -> bool:
    """Sends a file's bytes to the store and tells the server. False: send them to the server, from their beginning.

    Raises:
        ApiError, ServerUnreachable: what the server says of it.
    """
    way = f"PUT {connection.url}"
    if not LEAST <= size <= MOST or _is_avoided(way):
        return False
    route = f"{project_route}/blobs/{digest}"
    try:
        place = connection.request("POST", f"{route}/upload", query={"size": size}, reply=UploadAddress)
    except ApiError as error:
        if error.status not in (404, 405):
            raise
        place = UploadAddress()  # a server of before
    if place.present:
        return True
    if place.url is None:
        _avoid(way)
        return False
    with _pool() as pool:
        try:
            headers = {**place.headers, "Content-Length": str(size)}
            answer = pool.request("PUT", place.url, body=whole(file, size), headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            if not isinstance(error, urllib3.exceptions.ProtocolError):
                _avoid(way)
            return False
    if answer.status >= 300:
        if answer.status != 400:  # that is for these bytes, which are not what the digest says
            _avoid(way)
        return False
    try:
        connection.request("POST", f"{route}/uploaded")
    except ApiError as error:
        if error.status not in (404, 405, 409):
            raise
        if error.code == "not_direct":  # another server of several
            _avoid(way)
        return False
    return True


def whole(file: BinaryIO, size: int) -> BinaryIO:
    """As many bytes of a file as the body of a request, which is no more asked of than to read, tell and seek."""
    return cast("BinaryIO", _Whole(file, size))


class _Whole:
    """As many bytes of a file, to be sent and, where the first request is to be repeated, sent again."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self.tell, self.seek = file.tell, file.seek

    def read(self, most: int) -> bytes:
        """The next bytes; OSError when the file has become shorter, so that nobody waits for the rest."""
        left = self._size - self._file.tell()
        piece = self._file.read(min(most, left)) if left > 0 else b""
        if left > 0 and not piece:
            raise OSError("the file became shorter while it was sent")
        return piece


@contextmanager
def opened(connection: Connection, route: str, headers: dict[str, str]) -> Iterator[urllib3.BaseHTTPResponse]:
    """The answer to a GET of a blob, from the server or from the store, to be read piece by piece.

    Raises:
        ServerUnreachable: no answer, or it breaks off inside the block.
        ApiError: the server refused.
    """
    way = f"GET {connection.url}"
    query = None if _is_avoided(way) else {"direct": "true"}
    with connection.open(route, headers=headers, query=query, redirected=query is not None) as answer:
        if answer.status != 307:
            yield answer
            return
        place = answer.headers["Location"]
    with _pool() as pool:
        try:
            sent = {"Accept-Encoding": "identity", **headers}
            found = pool.request("GET", place, headers=sent, redirect=False, preload_content=False)
            if found.status < 300:
                yield found
                return
        except urllib3.exceptions.ProtocolError as error:
            raise ServerUnreachable(f"A transfer from the server's object store broke off: {error}.") from None
        except urllib3.exceptions.HTTPError as error:
            _avoid(way)
            raise ServerUnreachable(f"The server's object store cannot be used from here: {error}.") from None
    with connection.open(route, headers=headers) as answer:  # has the bytes, or can say why not
        yield answer


def _pool() -> urllib3.PoolManager:
    timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_ANSWER_SECONDS)
    return urllib3.PoolManager(retries=False, timeout=timeout)


def _is_avoided(way: str) -> bool:
    return time.monotonic() < _avoided.get(way, 0.0)


def _avoid(way: str) -> None:
    _avoided[way] = time.monotonic() + AVOID_SECONDS
