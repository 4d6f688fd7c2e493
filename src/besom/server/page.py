"""The page: the built files below ``static``, from memory; every address that is no file shows the page itself."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, route
from litestar.exceptions import NotFoundException

STATIC = Path(__file__).with_name("static")
_FOREVER = "public, max-age=31536000, immutable"
_CHECK_FIRST = "no-cache"
_WORTH_COMPRESSING = 1024

NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>besom</title>
<body style="font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>The server runs; its page has not been built</h1>
<p>Sweeps, agents and runs work. To see them here, build the page once, in the project's folder:</p>
<pre>cd web &amp;&amp; npm ci &amp;&amp; npm run build</pre>
<p>An installed package brings the page along. The API is described at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the page, ready to be sent."""

    data: bytes
    compressed: bytes | None
    media_type: str
    cache_control: str


def load(path: Path) -> File | None:
    """A built file, kept in memory until it changes; None where there is none."""
    try:
        return _read(path, path.stat().st_mtime_ns) if path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have, or a build that replaces it right now
        return None


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> File:
    """Names below ``assets`` carry a hash of the contents, so browsers may keep them for ever."""
    data = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = media_type.startswith("text/") or media_type.endswith(("javascript", "json", "svg+xml"))
    compressed = gzip.compress(data, 9) if is_text and len(data) > _WORTH_COMPRESSING else None
    return File(data, compressed, media_type, _FOREVER if path.parent.name == "assets" else _CHECK_FIRST)


@get(["/", "/{path:path}"], include_in_schema=False)
async def show_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A file of the page where there is one of that name, else the page."""
    path = request.scope["path"]
    file = None if path == "/" else _below_static(path)
    if file is None and path.startswith("/assets/"):
        raise NotFoundException
    file = file or load(STATIC / "index.html")
    if file is None:
        return Response(NOT_BUILT.encode(), media_type="text/html", status_code=200)
    return _send(request, file)


@route("/api/{path:path}", http_method=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def no_such_address() -> None:
    """Keeps the page from answering for mistyped addresses of the API."""
    raise NotFoundException


HANDLERS = [show_page, no_such_address]


def _below_static(path: str) -> File | None:
    try:
        wanted = (STATIC / path.lstrip("/")).resolve()
    except (OSError, ValueError):  # it holds U+0000, or is longer than any name
        return None
    return load(wanted) if wanted.is_relative_to(STATIC.resolve()) else None


def _send(request: Request[Any, Any, Any], file: File) -> Response[bytes]:
    headers = {"Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.data, media_type=file.media_type, headers=headers)
