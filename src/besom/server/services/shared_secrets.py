"""Secrets that the servers of a database share, to sign with."""

from __future__ import annotations

import hashlib
import hmac
import json

from besom.server.services.context import Context
from besom.server.services.users import new_secret
from besom.server.store import shared_secrets


class SharedSecret:
    """The secret for one purpose: read once, drawn where there is none yet."""

    def __init__(self, ctx: Context, purpose: str) -> None:
        self._ctx = ctx
        self._purpose = purpose
        self._secret: bytes | None = None

    async def sign(self, *parts: str | int) -> str:
        """A hexadecimal HMAC-SHA256 of the parts and of their order."""
        if self._secret is None:
            fresh = new_secret()
            kept = await self._ctx.write(
                lambda unit: shared_secrets.get_or_keep(unit.conn, self._purpose, fresh, unit.now)
            )
            self._secret = kept.encode()
        return hmac.new(self._secret, json.dumps(parts).encode(), hashlib.sha256).hexdigest()
