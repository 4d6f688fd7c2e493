"""REST: accounts."""

from __future__ import annotations

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from besom.protocol import KeyPage, NewUser, Ticket, User, UserChange, UserMade, UserPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import accounts, keys

_USER = "/api/v1/users/{name:str}"


@get("/api/v1/users", tags=["users"])
async def list_users(services: ServicesDep, caller: CallerDep) -> UserPage:
    """All users, for an administrator; for others themselves and the members of their teams."""
    return await accounts.list_users(services.ctx, caller)


@post("/api/v1/users", status_code=201, tags=["users"])
async def create_user(services: ServicesDep, caller: CallerDep, data: JSONBody[NewUser]) -> UserMade:
    """Makes an account and a link that signs its owner in, once; for administrators."""
    return await accounts.create_user(services.ctx, caller, data)


@patch(_USER, tags=["users"])
async def change_user(
    services: ServicesDep, caller: CallerDep, name: FromPath[str], data: JSONBody[UserChange]
) -> User:
    """Changes a user's role on the server, closes or opens the account; for administrators."""
    return await accounts.change_user(services.ctx, caller, name, data)


@post(_USER + "/link", status_code=201, tags=["users"])
async def create_sign_in_link(services: ServicesDep, caller: CallerDep, name: FromPath[str]) -> Ticket:
    """Makes a link that signs a user in, once, who has lost all keys; for administrators."""
    return await accounts.make_sign_in_link(services.ctx, caller, name)


@get(_USER + "/keys", tags=["users"])
async def list_keys_of_user(services: ServicesDep, caller: CallerDep, name: FromPath[str]) -> KeyPage:
    """A user's keys, the newest first; for administrators, and the user."""
    return await keys.list_keys(services.ctx, services.sessions, caller, name)


@delete(_USER + "/keys/{key_id:str}", tags=["users"])
async def revoke_key_of_user(
    services: ServicesDep, caller: CallerDep, name: FromPath[str], key_id: FromPath[str]
) -> None:
    """Ends a user's key at once; for administrators, and the user."""
    await keys.revoke_key(services.ctx, caller, key_id, name)


@delete(_USER + "/sessions", tags=["users"])
async def end_sessions_of_user(services: ServicesDep, caller: CallerDep, name: FromPath[str]) -> None:
    """Signs a user out of all browsers, and ends the sign-in links that nobody has used; for administrators, and the
    user."""
    await keys.sign_out_everywhere(services.ctx, caller, name)


HANDLERS = [
    list_users,
    create_user,
    change_user,
    create_sign_in_link,
    list_keys_of_user,
    revoke_key_of_user,
    end_sessions_of_user,
]
