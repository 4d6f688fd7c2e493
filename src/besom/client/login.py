"""The key of a server: asked for at a terminal, tried, and kept for the user's other programs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping

from besom.client import settings
from besom.client.connection import Connection
from besom.errors import AuthenticationError
from besom.protocol import Viewer


def ask_key(url: str) -> str:
    """A key that is typed at the terminal.

    Raises:
        AuthenticationError: none was typed, or there is no terminal to ask at.
    """
    why = f"There is no key for {url}, and no terminal to ask at."
    if all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        import getpass  # late: only people need it

        with contextlib.suppress(EOFError):
            if key := getpass.getpass(f"besom: key for {url} (not shown): ", sys.stderr).strip():
                return key
        why = f"No key for {url} was typed."
    raise AuthenticationError(
        why,
        f"Run `besom login --host {url}`, or set BESOM_API_KEY.",
        status=401,
        code="no_key",
    )


def check_key(url: str, key: str, timeout: float | None = None) -> Viewer:
    """Who the key belongs to.

    Raises:
        AuthenticationError: the server does not know the key.
        CommError: it does not answer.
    """
    try:
        return Connection(url, key).request("GET", "/viewer", reply=Viewer, timeout=timeout)
    except AuthenticationError as error:
        raise AuthenticationError(
            f"{url} does not accept this key.",
            f"A server prints its key when it first starts. Try again with: besom login --relogin --host {url}",
            status=error.status,
            code=error.code,
        ) from None


def keep_key(url: str, key: str, environ: Mapping[str, str] | None = None, *, default: bool = False) -> None:
    """Keeps a key for its server; with ``default`` that server is used from now on where none is named."""
    keys = {**settings.saved(environ).get("keys", {}), url: key}
    settings.save({"keys": keys, **({"base_url": url} if default else {})}, environ)
