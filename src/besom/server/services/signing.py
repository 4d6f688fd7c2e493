"""Addresses that allow one thing for a while to whoever has them, for programs that send no key with their files.

A signature is bound to the method, the path, the user on whose behalf it was given, the key with which it was asked
for, the sweep of a service key, and the time until which it holds.
The user must still be there when it is used, and what the user may do then is what counts.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from besom.server.services.context import Context
from besom.server.services.refusals import Forbidden
from besom.server.services.shared_secrets import SharedSecret
from besom.server.services.users import Bounds, Caller
from besom.server.store import secrets, sweeps, users
from besom.server.store.secrets import ID_LENGTH

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
        sweep = "" if caller.bounds is None else min(caller.bounds.sweeps)
        key = (caller.key_hash or "")[:ID_LENGTH]
        signature = await self._secret.sign(method, path, caller.id, expires, sweep, key)
        said = {"user": caller.id, "expires": expires, "sweep": sweep, "key": key, "signature": signature}
        query = urlencode(said)
        return f"{quote(path)}?{query}"

    async def signer_of(self, method: str, path: str, query: Mapping[str, str]) -> Caller:
        """The user on whose behalf an address was given.

        Raises:
            Forbidden: the signature is not that of this method and path, its time is over, or the user is gone.
        """
        user, expires = (_number(query.get(name, "")) for name in ("user", "expires"))
        sweep, key = query.get("sweep", ""), query.get("key", "")
        expected = await self._secret.sign(method, path, user, expires, sweep, key)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            raise Forbidden("bad_signature", "This address was not given by this server, or was changed on the way.")
        if expires < self._ctx.clock():
            raise Forbidden("expired", "This address was good for a day, which is over.", "Ask for a new one.")

        def look(conn: Connection) -> tuple[Any, Any, bool]:
            keys = [row for row in secrets.keys_of(conn, user, self._ctx.clock()) if row.id == key]
            row = users.by_id(conn, user) if keys or not key else None
            return row, sweeps.get(conn, sweep) if sweep else None, any(row.reads_artifacts for row in keys)

        row, bound, reads_artifacts = await self._ctx.read(look)
        if row is None or row.disabled is not None or (sweep and bound is None):
            raise Forbidden("unknown_user", "The user or the key for which this address was made is no longer here.")
        bounds = None
        if bound is not None:
            bounds = Bounds(frozenset({sweep}), bound.project_id, may_work=True, reads_artifacts=reads_artifacts)
        return Caller(row.id, row.name, row.role, bounds)


def _number(text: str) -> int:
    """0, which is no user and no time of ours, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
