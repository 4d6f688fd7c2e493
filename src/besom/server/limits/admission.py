"""Asks the limiter for every request, before anything is done for it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from besom.protocol import ErrorBody
from besom.server.api.readers import is_reading, link_of
from besom.server.api.security import OPEN_API, SIGN_IN, address_of, key_of, session_of
from besom.server.limits.limiter import Busy, Limiter, Overloaded
from besom.server.limits.priority import Priority, priority_of
from besom.server.services.addresses import block_of
from besom.server.services.refusals import Unauthorized
from besom.server.services.signing import STORAGE
from besom.server.store.store import urgently

_HELD_OPEN = "/api/v1/events"
_UNKNOWN_SIZE = 2**20
"""Bytes that a body of unknown length counts for. Proxies may send even heartbeats so: more would fill the limit."""
_LARGEST_OPEN_BODY = 4096
"""Bytes, where anybody may send."""
_PAYER = "besom.payer"


class Admission:
    """ASGI middleware; the limiter is in the application's state."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the request in, or says when to come again. The answer is one that both APIs' clients understand."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        limiter: Limiter = scope["litestar_app"].state.limiter
        headers = Headers.from_scope(scope)
        if scope["path"] in OPEN_API:
            # Who has shown no key takes no place inside while a body drips in: nobody else may be shut out by that.
            whole = await _whole(headers, receive)
            if whole is None:
                await _refuse_long(send)
                return
            receive = whole
        priority = priority_of(scope["method"], scope["path"])
        sessions, address = scope["litestar_app"].state.services.sessions, address_of(scope)
        secret, metrics = _secret(scope, headers), scope["litestar_app"].state.metrics
        is_known = secret is not None and (metrics.is_key(secret) or await sessions.recognises(secret))
        payer = _payer(scope, secret if is_known else None)
        guesses = (not is_known and (secret is not None or scope["path"] in OPEN_API)) or _shows_ticket(scope)
        scope["state"][_PAYER] = payer
        size = 0 if priority is Priority.BULK else _size(headers)
        with contextlib.ExitStack() as stack:
            try:
                if guesses:
                    limiter.refuse_guessing(address)
                if scope["path"] == _HELD_OPEN:
                    _hold_open(limiter, scope, stack)
                else:
                    stack.enter_context(limiter.admit(priority, payer, size))
                    stack.enter_context(urgently(priority is Priority.LEASE))
            except Overloaded as overloaded:
                await _refuse(overloaded.busy, send)
                return
            try:
                await self.app(scope, receive, _counting_refusals(send, limiter, address) if guesses else send)
            except Unauthorized:  # by a middleware
                if guesses:
                    limiter.count_guess(address)
                raise


def _hold_open(limiter: Limiter, scope: Scope, stack: contextlib.ExitStack) -> None:
    """Event streams are open as long as a page is, and are no work: the limit of connections is for them, and one for
    those whom nobody knows.

    Raises:
        Overloaded: the link has as many as it may have.
    """
    link = link_of(scope)
    if link is not None:
        stack.enter_context(limiter.watching(link))


@contextlib.contextmanager
def as_read(request: Request[Any, Any, Any]) -> Iterator[None]:
    """For a GraphQL query, whose document tells that it only reads: it goes through the limiter once more, as a read.

    Raises:
        HTTPException: there is no room for it now.
    """
    limiter: Limiter = request.app.state.limiter
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(limiter.admit(Priority.BULK, request.scope["state"][_PAYER]))
        except Overloaded as overloaded:
            busy = overloaded.busy
            headers = {"Retry-After": str(busy.after)}
            raise HTTPException(busy.why, status_code=busy.status, headers=headers) from None
        stack.enter_context(urgently(False))
        yield


async def _whole(headers: Headers, receive: Receive) -> Receive | None:
    """Waits for the body and gives it again in one piece; None if it is too long."""
    if _size(headers) > _LARGEST_OPEN_BODY and "content-length" in headers:
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":  # hung up: whoever reads the body is to know
            return _first(message, receive)
        body += message["body"]
        if len(body) > _LARGEST_OPEN_BODY:
            return None
        if not message["more_body"]:
            return _first({"type": "http.request", "body": body, "more_body": False}, receive)


def _first(message: ReceiveMessage, receive: Receive) -> Receive:
    """Gives a message, then what comes."""
    waiting = [message]

    async def next_message() -> Any:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _refuse_long(send: Send) -> None:
    why = f"A body without a key may have {_LARGEST_OPEN_BODY} bytes."
    await _answer(ErrorBody(code="too_large", message=why), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [], send)


async def _refuse(busy: Busy, send: Send) -> None:
    """Answers with 429 or 503, and ``Retry-After``."""
    body = ErrorBody(code="busy", message=busy.why, hint=f"Try again in {busy.after} s.")
    await _answer(body, busy.status, [(b"retry-after", str(busy.after).encode())], send)


async def _answer(body: ErrorBody, status: HTTPStatus, more: list[tuple[bytes, bytes]], send: Send) -> None:
    """Answers with a body in the shapes of both APIs."""
    answer = msgspec.json.encode({"error": body, "errors": [{"message": body.message}], "data": None})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer, "more_body": False})


def _size(headers: Headers) -> int:
    said = headers.get("content-length")
    if said is not None:
        return int(said) if said.isdigit() else 0
    return _UNKNOWN_SIZE if "transfer-encoding" in headers else 0


def _secret(scope: Scope, headers: Headers) -> str | None:
    """The key or session that a request brings, good or not. Behind a link nobody looks at them."""
    if is_reading(scope) or _is_signed(scope):
        return None
    try:
        return key_of(headers.get("authorization")) or session_of(headers)
    except Unauthorized:
        return None


def _shows_ticket(scope: Scope) -> bool:
    return scope["path"] == SIGN_IN and b"ticket=" in scope["query_string"]


def _is_signed(scope: Scope) -> bool:
    return scope["path"].startswith(f"{STORAGE}/") and not is_reading(scope)


def _payer(scope: Scope, secret: str | None) -> str | None:
    """Whose allowance counts: the key's or the session's that is known to be good, or else that of the address from
    which one calls: who makes keys up has no new allowance with each. A link may be made up as well.
    """
    if _is_signed(scope):
        return None  # a signed address carries no key, but was asked for with one
    if secret is not None:
        return hashlib.blake2b(secret.encode(), digest_size=16).hexdigest()
    return block_of(address_of(scope))


def _counting_refusals(send: Send, limiter: Limiter, address: str) -> Send:
    """Counts an answer that says that nobody has this secret."""

    async def counting(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.UNAUTHORIZED:
            limiter.count_guess(address)
        await send(message)

    return counting
