"""Addresses that allow one thing for a while to whoever has them, for programs that send no key with their files.

A signature is bound to the method, the path, the user on whose behalf it was given, and the time until which it holds.
The user must still be there when it is used, and what the user may do then is what counts.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, urlencode

from besom.server.services.context import Context
from besom.server.services.refusals import Forbidden
from besom.server.services.shared_secrets import SharedSecret
from besom.server.services.users import Caller
from besom.server.store import users

Method = Literal["GET", "PUT"]

STORAGE = "/storage"
"""Below this path only signatures count: neither keys nor sessions are looked at there."""

SIGNED_SECONDS = 86400.0
"""Long enough for files that wait behind many others, and for the repeats of a client that cannot reach the server."""
_LONGEST_NUMBER = 18


class Signer:
    """Signs paths of this server, and tells whether a signature is good. The servers of a database share the secret."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._secret = SharedSecret(ctx, "signing")

    async def sign(self, caller: Caller, method: Method, path: str) -> str:
        """The path with what makes it good for a while, for the caller or whomever the caller tells it.

        Args:
            caller: Whose rights count.
            method: What may be done.
            path: Where, not quoted yet.
        """
        expires = int(self._ctx.clock() + SIGNED_SECONDS)
        signature = await self._secret.sign(method, path, caller.id, expires)
        query = urlencode({"user": caller.id, "expires": expires, "signature": signature})
        return f"{quote(path)}?{query}"

    async def signer_of(self, method: str, path: str, query: Mapping[str, str]) -> Caller:
        """The user on whose behalf an address was given.

        Raises:
            Forbidden: the signature is not that of this method and path, its time is over, or the user is gone.
        """
        user, expires = (_number(query.get(name, "")) for name in ("user", "expires"))
        expected = await self._secret.sign(method, path, user, expires)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            raise Forbidden("bad_signature", "This address was not given by this server, or was changed on the way.")
        if expires < self._ctx.clock():
            raise Forbidden("expired", "This address was good for a day, which is over.", "Ask for a new one.")
        row = await self._ctx.read(lambda conn: users.by_id(conn, user))
        if row is None:
            raise Forbidden("unknown_user", "The user for whom this address was made is no longer here.")
        return Caller(row.id, row.name, row.role)


def _number(text: str) -> int:
    """0, which is no user and no time of ours, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
