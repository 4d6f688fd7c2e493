"""REST: the caller's keys."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from besom.protocol import KeyMade, KeyPage, NewKey
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import keys


@get("/api/v1/keys", tags=["keys"])
async def list_keys(services: ServicesDep, caller: CallerDep) -> KeyPage:
    """The caller's keys, the newest first."""
    return await keys.list_keys(services.ctx, services.sessions, caller)


@post("/api/v1/keys", status_code=201, tags=["keys"])
async def create_key(services: ServicesDep, caller: CallerDep, data: JSONBody[NewKey]) -> KeyMade:
    """Makes a key, or with ``sweep_id`` a service key, which works for that sweep alone."""
    return await keys.create_key(services.ctx, caller, data)


@delete("/api/v1/keys/{key_id:str}", tags=["keys"])
async def revoke_key(services: ServicesDep, caller: CallerDep, key_id: FromPath[str]) -> None:
    """Ends a key at once, and the browser sessions that were begun with it."""
    await keys.revoke_key(services.ctx, caller, key_id)


HANDLERS = [list_keys, create_key, revoke_key]
