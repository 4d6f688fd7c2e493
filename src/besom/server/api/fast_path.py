"""The fast path through the framework, for the requests that come by the thousand.

Litestar reads the arguments of a handler by a plan that can do everything, in five steps, each of them awaited: for a
heartbeat that costs more than all that the server does for it. Here the body and the query are one call of msgspec
each. Whatever is not plainly right takes Litestar's own path, which says what is wrong with it: so there is one set of
errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response
from litestar.types import Receive, Scope, Send

AnyRequest = Request[Any, Any, Any]
_encode = msgspec.json.Encoder().encode


class Answer(Response[bytes]):
    """An answer of 200 whose body is encoded already."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Nothing is left to be made of it."""
        return self._send

    async def _send(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        length = str(len(self._body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def fast_path(
    *, data: type | None = None, query: type[msgspec.Struct] | None = None, request: bool = False
) -> Callable[[AnyRequest], Awaitable[Answer | None]]:
    """``before_request`` of a handler that answers 200 with JSON: calls it, unless the request is not plainly
    right.

    Args:
        data: What its body is, if it takes ``data``.
        query: Its parameters of the query, with their defaults.
        request: Whether it takes the request.
    """
    decode: Callable[[bytes], Any] | None = None if data is None else msgspec.json.Decoder(data).decode

    async def answer(asked: AnyRequest) -> Answer | None:
        scope: Any = asked.scope
        arguments = {**scope["path_params"], "services": asked.app.state.services, "caller": scope["user"]}
        try:
            if query is not None:
                arguments |= msgspec.structs.asdict(_read_query(scope["query_string"], query))
            if decode is not None:
                arguments["data"] = decode(await asked.body())
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            return None
        if request:
            arguments["request"] = asked
        return Answer(_encode(await scope["route_handler"].fn(**arguments)))

    return answer


def _read_query(text: bytes, kind: type[msgspec.Struct]) -> Any:
    """Raises ValueError for what is not plainly right."""
    pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True)
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a parameter comes twice")
    return msgspec.convert(values, kind, strict=False)
