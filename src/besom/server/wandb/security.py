"""Who calls: the client sends its key with every request, as the password of a Basic header. Cookies count for nothing
here, so that no page of another site can use them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request

from besom.server.api.dependencies import ServicesDep
from besom.server.api.security import address_of, key_of
from besom.server.services.refusals import Unauthorized
from besom.server.services.users import Caller


async def provide_key_owner(request: Request[Any, Any, Any], services: ServicesDep) -> Caller:
    """The user whose key came with the request.

    Raises:
        Unauthorized: none came, or nobody has it.
    """
    key = key_of(request.headers.get("authorization"))
    if key is None:
        raise Unauthorized("no_key", "This server wants an API key.", "Set WANDB_API_KEY, or use wandb login.")
    return replace(await services.sessions.caller(key, "key"), address=address_of(request.scope))
