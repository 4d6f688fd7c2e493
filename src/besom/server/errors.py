"""Why a server cannot be started."""

from __future__ import annotations

from besom.errors import BesomError


class ServerError(BesomError):
    """The server cannot be started."""
