"""One shape for every failure: ``ErrorReply``."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_409_CONFLICT,
    HTTP_410_GONE,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from besom.errors import BesomError
from besom.protocol import ErrorBody, ErrorReply
from besom.server.services.refusals import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    Missing,
    Refusal,
    TooLarge,
    Unauthorized,
)

logger = logging.getLogger("besom.server")

_STATUS: dict[type[Refusal], int] = {
    Unauthorized: HTTP_401_UNAUTHORIZED,
    Forbidden: HTTP_403_FORBIDDEN,
    Missing: HTTP_404_NOT_FOUND,
    Conflict: HTTP_409_CONFLICT,
    Gone: HTTP_410_GONE,
    TooLarge: HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    Invalid: HTTP_422_UNPROCESSABLE_ENTITY,
}
_CODES = {
    HTTP_400_BAD_REQUEST: "bad_request",
    HTTP_404_NOT_FOUND: "not_found",
    HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: "too_large",
}

AnyRequest = Request[Any, Any, Any]


def on_refusal(_: AnyRequest, refusal: Refusal) -> Response[ErrorReply]:
    """A service said no."""
    body = ErrorBody(
        code=refusal.code,
        message=refusal.message,
        hint=refusal.hint,
        field=refusal.field,
        offset=refusal.offset,
        moved_to=refusal.moved_to,
    )
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(refusal, Unauthorized) else {}
    return _reply(status_of(refusal), body, headers)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a service's no."""
    return _STATUS[type(refusal)]


def on_bad_request(_: AnyRequest, error: ValidationException) -> Response[ErrorReply]:
    """A body or a parameter does not have the type that the description says."""
    details: list[dict[str, str]] = error.extra if isinstance(error.extra, list) else []
    problems = [f"{d['key']}: {d['message']}" if d.get("key") else d["message"] for d in details]
    field = next((d["key"] for d in details if d.get("key")), None)
    message = "; ".join(problems) or str(error.detail)
    body = ErrorBody(
        code="bad_request",
        message=f"The request is not understood: {message}.",
        hint="What each address takes is described at /api/v1/openapi.json.",
        field=field,
    )
    return _reply(HTTP_400_BAD_REQUEST, body)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[ErrorReply]:
    """An unknown address, a wrong method, a body that is too large."""
    status = error.status_code
    hint = None
    message = str(error.detail)
    if status == HTTP_404_NOT_FOUND:
        message = f"There is nothing at {request.url.path}."
        hint = "All addresses are described at /api/v1/openapi.json."
    elif status == HTTP_405_METHOD_NOT_ALLOWED:
        message = f"{request.method} is not possible at {request.url.path}."
    elif status == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        message = "The body is larger than this address takes."
        hint = "Send less at once."
    elif status >= HTTP_500_INTERNAL_SERVER_ERROR:
        return on_crash(request, error)
    return _reply(status, ErrorBody(code=_CODES.get(status, "bad_request"), message=message, hint=hint), error.headers)


def on_deep_body(_: AnyRequest, __: RecursionError) -> Response[ErrorReply]:
    """JSON in JSON in JSON."""
    return _reply(HTTP_400_BAD_REQUEST, ErrorBody(code="bad_request", message="The body is nested too deeply."))


def on_trouble(request: AnyRequest, error: BesomError) -> Response[ErrorReply]:
    """The database or its disk cannot be used."""
    logger.error("%s %r: %s", request.method, request.url.path, error)
    body = ErrorBody(code="store", message=error.message, hint=error.hint)
    return _reply(HTTP_503_SERVICE_UNAVAILABLE, body, {"Retry-After": "1"})


def on_crash(request: AnyRequest, error: Exception) -> Response[ErrorReply]:
    """A mistake in besom: the caller gets a number, the log has everything under it."""
    number = secrets.token_hex(4)
    logger.error("error %s at %s %r", number, request.method, request.url.path, exc_info=error)
    body = ErrorBody(
        code="internal",
        message=f"The server has made a mistake (error {number}).",
        hint=f"Its log has the details under {number}; please report them.",
    )
    return _reply(HTTP_500_INTERNAL_SERVER_ERROR, body)


HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: on_refusal,
    ValidationException: on_bad_request,
    HTTPException: on_http_error,
    RecursionError: on_deep_body,
    BesomError: on_trouble,
    Exception: on_crash,
}


def _reply(status: int, body: ErrorBody, headers: dict[str, str] | None = None) -> Response[ErrorReply]:
    return Response(ErrorReply(error=body), status_code=status, headers=headers, media_type="application/json")
