"""REST: what somebody does who has got an invitation, with an account or without one."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from besom.protocol import Acceptance, InvitationSecret, InvitationView, Joined
from besom.server.api.dependencies import ServicesDep
from besom.server.api.security import address_of, check_forgery, session_cookie, session_of
from besom.server.services import invitations


@post("/api/v1/invitations/look", status_code=200, tags=["teams"], security=[{}])
async def look_at_invitation(
    request: Request[Any, Any, Any], services: ServicesDep, data: JSONBody[InvitationSecret]
) -> InvitationView:
    """What an invitation is for; asks for no key."""
    return await invitations.look(services.ctx, services.sessions, data.secret, address_of(request.scope))


@post("/api/v1/invitations/accept", status_code=200, tags=["teams"], security=[{}])
async def accept_invitation(
    request: Request[Any, Any, Any], services: ServicesDep, data: JSONBody[Acceptance]
) -> Response[Joined]:
    """Spends an invitation: the user of the browser's session joins the team; without a session, with ``name``, a new
    account does, which is signed in."""
    check_forgery(request.headers)
    joined, session = await invitations.accept(
        services.ctx, services.sessions, data, session_of(request.headers), address_of(request.scope)
    )
    if session is None:
        return Response(joined)
    cookie = session_cookie(request, services.ctx.url, session)
    return Response(joined, headers={"Set-Cookie": cookie})


HANDLERS = [look_at_invitation, accept_invitation]
