"""How bytes that users sent are answered, so that no browser runs them as a page of this server.

Pictures, sounds, films and plain text are shown as what they are. HTML is shown in a frame, and in a sandbox: its
scripts run in an origin of their own, without the session and without network. Opened by itself it is saved: below this
server's own address it could ask people for their keys. Everything else is only ever saved.

Over HTTPS, and on the own machine, browsers say whether an answer is for a frame. Over plain HTTP the page's own frames
say it, by a ``Referer`` that is this server's address alone; links give the whole address of the page, or nothing.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Stream
from litestar.status_codes import (
    HTTP_206_PARTIAL_CONTENT,
    HTTP_304_NOT_MODIFIED,
    HTTP_307_TEMPORARY_REDIRECT,
    HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE,
)

from besom.server.services.blobs import Blob
from besom.server.services.file_paths import saved_as

BINARY = "application/octet-stream"
_SHOWN = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
}
_ASKED_FOR = "Sec-Fetch-Dest"
"""The header by which a browser says what it is going to do with the answer."""
_SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

AnyRequest = Request[Any, Any, Any]


def file_answer(request: AnyRequest, blob: Blob, digest: str, path: str) -> Response[Any]:
    """The bytes, or the range of them that was asked for.

    Raises:
        HTTPException: 416, nothing of the file is in the range.
    """
    headers = {
        **_headers(path, framed=_is_framed(request)),
        "ETag": f'"{digest}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Vary": f"{_ASKED_FOR}, Referer",
    }
    if digest in request.headers.get("if-none-match", ""):
        blob.close()
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    asked = _asked_range(request, digest, blob.size)
    if asked is None:
        start, end, status = 0, blob.size, 200
    elif asked[0] >= asked[1]:
        blob.close()
        raise HTTPException(
            "The file has nothing in that range.",
            status_code=HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE,
            headers={"Content-Range": f"bytes */{blob.size}"},
        )
    else:
        start, end = asked
        status = HTTP_206_PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    headers["Content-Length"] = str(end - start)
    return Stream(blob.pieces(start, end), status_code=status, headers=headers)


def sent_away(address: str) -> Response[bytes]:
    """The bytes are elsewhere, for a while."""
    headers = {"Location": address, "Cache-Control": "no-store"}
    return Response(b"", status_code=HTTP_307_TEMPORARY_REDIRECT, headers=headers)


def _is_framed(request: AnyRequest) -> bool:
    """Whether a frame of the page shows the answer."""
    asked_for = request.headers.get(_ASKED_FOR)
    if asked_for is not None:
        return asked_for != "document"
    try:
        _, host, *rest = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return False
    return (host.lower(), rest) == (request.headers.get("host", "").lower(), ["/", "", ""])


def _headers(path: str, *, framed: bool) -> dict[str, str]:
    name = PurePosixPath(path).name
    content_type = _SHOWN.get(name.rpartition(".")[2].lower()) if "." in name else None
    if content_type is None or (content_type.startswith("text/html") and not framed):
        return {
            "Content-Type": BINARY,
            "Content-Disposition": saved_as(name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
    return {"Content-Type": content_type, "Content-Security-Policy": _SANDBOX}


def _asked_range(request: AnyRequest, digest: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for the whole file, also where the header cannot be understood."""
    found = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if found is None or digest not in request.headers.get("if-range", digest):
        return None
    first, last = found.groups()
    if first:
        return int(first), min(int(last) + 1, size) if last else size
    return (max(0, size - int(last)), size) if last else None
