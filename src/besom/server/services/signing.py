"""Addresses that allow one thing for a while to whoever has them, for programs that send no key with their files.

A signature is bound to the method, the path, the user on whose behalf it was given, and the time until which it holds.
The user must still be there when it is used, and what the user may do then is what counts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, urlencode

from besom.server.services.context import Context
from besom.server.services.refusals import Forbidden
from besom.server.services.users import Caller, new_secret
from besom.server.store import shared_secrets, users

Method = Literal["GET", "PUT"]

STORAGE = "/storage"
"""Below this path only signatures count: neither keys nor sessions are looked at there."""

SIGNED_SECONDS = 86400.0
"""Long enough for files that wait behind many others, and for the repeats of a client that cannot reach the server."""
_PURPOSE = "signing"
_LONGEST_NUMBER = 18


class Signer:
    """Signs paths of this server, and tells whether a signature is good. The secret is shared through the database."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._secret: bytes | None = None

    async def sign(self, caller: Caller, method: Method, path: str) -> str:
        """The path with what makes it good for a while, for the caller or whomever the caller tells it.

        Args:
            caller: Whose rights count.
            method: What may be done.
            path: Where, not quoted yet.
        """
        expires = int(self._ctx.clock() + SIGNED_SECONDS)
        signature = self._signature(await self._get_secret(), method, path, caller.id, expires)
        query = urlencode({"user": caller.id, "expires": expires, "signature": signature})
        return f"{quote(path)}?{query}"

    async def signer_of(self, method: str, path: str, query: Mapping[str, str]) -> Caller:
        """The user on whose behalf an address was given.

        Raises:
            Forbidden: the signature is not that of this method and path, its time is over, or the user is gone.
        """
        user, expires = (_number(query.get(name, "")) for name in ("user", "expires"))
        expected = self._signature(await self._get_secret(), method, path, user, expires)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            raise Forbidden("bad_signature", "This address was not given by this server, or was changed on the way.")
        if expires < self._ctx.clock():
            raise Forbidden("expired", "This address was good for a day, which is over.", "Ask for a new one.")
        row = await self._ctx.read(lambda conn: users.by_id(conn, user))
        if row is None:
            raise Forbidden("unknown_user", "The user for whom this address was made is no longer here.")
        return Caller(row.id, row.name, row.role)

    async def _get_secret(self) -> bytes:
        if self._secret is None:
            fresh = new_secret()
            kept = await self._ctx.write(
                lambda unit: shared_secrets.get_or_keep(unit.conn, _PURPOSE, fresh, unit.now),
            )
            self._secret = kept.encode()
        return self._secret

    @staticmethod
    def _signature(secret: bytes, method: str, path: str, user: int, expires: int) -> str:
        signed = json.dumps([method, path, user, expires]).encode()
        return hmac.new(secret, signed, hashlib.sha256).hexdigest()


def _number(text: str) -> int:
    """0, which is no user and no time of ours, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
