"""REST: who calls; tickets and sessions of browsers."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect

from besom.protocol import NewTicket, Ticket, Viewer
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.security import (
    SIGN_IN,
    address_of,
    check_forgery,
    no_session_cookie,
    session_cookie,
    session_of,
)
from besom.server.services.refusals import Invalid, Unauthorized
from besom.server.services.services import Services
from besom.server.services.sessions import safe_path


class SignIn(msgspec.Struct, kw_only=True):
    """How a browser is signed in: one of both."""

    key: str | None = None
    """Of the user, from the sign-in form."""
    ticket: str | None = None
    """From a link that somebody was given."""


@get("/api/v1/viewer", tags=["users"])
async def get_viewer(services: ServicesDep, caller: CallerDep) -> Viewer:
    """Who the key or session belongs to."""
    return await services.sessions.viewer(caller)


@post("/api/v1/tickets", status_code=201, tags=["users"])
async def create_ticket(services: ServicesDep, caller: CallerDep, data: JSONBody[NewTicket]) -> Ticket:
    """Makes an address that signs a browser in, once."""
    return await services.sessions.ticket(caller, data)


@post("/api/v1/session", status_code=200, tags=["users"], security=[{}])
async def create_session(
    request: Request[Any, Any, Any], services: ServicesDep, data: JSONBody[SignIn]
) -> Response[Viewer]:
    """Signs a browser in with an API key, or with the ticket of a sign-in link."""
    former, address = session_of(request.headers), address_of(request.scope)
    if (data.key is None) == (data.ticket is None):
        raise Invalid("bad_sign_in", "A sign-in has either a key or a ticket.", "Send one of them.", field="key")
    if data.ticket is not None:
        session = await services.sessions.begin_with_ticket(data.ticket, former, address)
        caller = await services.sessions.caller(session, "session")
    else:
        session, caller = await services.sessions.begin_with_key(data.key or "", former, address)
    cookie = session_cookie(request, services.ctx.url, session)
    return Response(await services.sessions.viewer(caller), headers={"Set-Cookie": cookie})


@delete("/api/v1/session", tags=["users"], security=[{}])
async def end_session(request: Request[Any, Any, Any], services: ServicesDep) -> Response[None]:
    """Signs the browser out."""
    session = session_of(request.headers)
    if session is not None:
        check_forgery(request.headers)
        if not await services.sessions.end(session, address_of(request.scope)):
            _count_guess(request)
    return Response(None, status_code=204, headers={"Set-Cookie": no_session_cookie(request.headers)})


@get(SIGN_IN, include_in_schema=False)
async def log_in(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    ticket: FromQuery[str] = "",
    next_path: Annotated[str, QueryParameter(name="next")] = "/",
) -> Redirect:
    """Spends a ticket and leads on, where the page shows its sign-in form to those who are not signed in."""
    path = safe_path(next_path)
    if not ticket:
        return Redirect(path)
    try:
        session = await services.sessions.begin_with_ticket(
            ticket, session_of(request.headers), address_of(request.scope)
        )
    except Unauthorized:
        _count_guess(request)
        return Redirect(path if await _signed_in(request, services) else _told_spent(path))
    cookie = session_cookie(request, services.ctx.url, session)
    return Redirect(path, headers={"Set-Cookie": cookie})


def _count_guess(request: Request[Any, Any, Any]) -> None:
    """For answers that look the same whether there was such a secret or not."""
    request.app.state.limiter.count_guess(address_of(request.scope))


async def _signed_in(request: Request[Any, Any, Any], services: Services) -> bool:
    session = session_of(request.headers)
    try:
        return session is not None and bool(await services.sessions.caller(session, "session"))
    except Unauthorized:
        return False


def _told_spent(path: str) -> str:
    """The path with the word by which the sign-in form tells that the link is of no use any more."""
    parts = urlsplit(path)
    return parts._replace(query="&".join(filter(None, [parts.query, "ticket=spent"]))).geturl()


HANDLERS = [get_viewer, create_ticket, create_session, end_session, log_in]
