"""``besom.login``: checks a key and keeps it for the user's other programs."""

from __future__ import annotations

import getpass
import sys

from besom.client import settings
from besom.errors import AuthenticationError
from besom.sdk.say import say


def login(key: str | None = None, host: str | None = None, relogin: bool = False) -> bool:
    """Makes sure that there is a key that the server knows; returns True.

    With no server configured and no ``host`` there is nothing to do: the embedded server's key is found by itself.

    Args:
        key: the key. When missing, a known one is used, else it is asked for at the terminal.
        host: address of the server; kept as the default for this user.
        relogin: asks for the key even when one is known.

    Raises:
        AuthenticationError: the server does not know the key, or there is none and no terminal to ask at.
        CommError: the server cannot be reached.
    """
    from besom.client.connection import Connection  # late: brings the HTTP client
    from besom.protocol import Viewer

    url = settings.base_url(host)
    if url is None:
        return True
    chosen = key or (None if relogin else settings.api_key(url)) or _ask(url)
    viewer = Connection(url, chosen).request("GET", "/viewer", reply=Viewer)
    keys = {**settings.saved().get("keys", {}), url: chosen}
    settings.save({"base_url": url, "keys": keys} if host else {"keys": keys})
    say(f"Logged in to {url} as {viewer.name}")
    return True


def _ask(url: str) -> str:
    if not sys.stdin.isatty():
        raise AuthenticationError(
            f"There is no key for {url}, and no terminal to ask for it.",
            "Set BESOM_API_KEY.",
            status=401,
            code="no_key",
        )
    return getpass.getpass(f"API key for {url}: ").strip()
