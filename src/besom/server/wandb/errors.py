"""Failures in the shape that the client shows to its user, with statuses that it repeats or does not repeat rightly."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_500_INTERNAL_SERVER_ERROR, HTTP_503_SERVICE_UNAVAILABLE

from besom.errors import BesomError
from besom.server.api.errors import AnyRequest, on_crash, status_of
from besom.server.services.refusals import Conflict, Refusal


def on_refusal(_: AnyRequest, refusal: Refusal) -> Response[dict[str, Any]]:
    """A service said no. The client would repeat some requests that end in 409, so a conflict is a 400 here."""
    status = HTTP_400_BAD_REQUEST if isinstance(refusal, Conflict) else status_of(refusal)
    return _reply(status, refusal.message if refusal.hint is None else f"{refusal.message} {refusal.hint}")


def on_http_error(_: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    """A wrong method, a body that is too large, or no room for the request now."""
    return _reply(error.status_code, str(error.detail), error.headers)


def on_trouble(_: AnyRequest, error: BesomError) -> Response[dict[str, Any]]:
    """The database or its disk cannot be used: the client tries again."""
    return _reply(HTTP_503_SERVICE_UNAVAILABLE, error.message)


def on_error(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """A mistake in besom; the client tries again."""
    reply = on_crash(request, error)
    return _reply(HTTP_500_INTERNAL_SERVER_ERROR, f"{reply.content.error.message} {reply.content.error.hint}")


HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: on_refusal,
    HTTPException: on_http_error,
    BesomError: on_trouble,
    Exception: on_error,
}


def _reply(status: int, message: str, headers: dict[str, str] | None = None) -> Response[dict[str, Any]]:
    body = {"errors": [{"message": message}], "data": None}
    return Response(body, status_code=status, headers=headers, media_type="application/json")
