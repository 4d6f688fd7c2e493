"""Which server to talk to: the configured one, else the embedded one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from besom.client import embedded, settings
from besom.client.connection import Connection
from besom.client.login import ask_key, check_key, keep_key
from besom.client.sagemaker_secrets import load_secrets


def tell(line: str) -> None:
    """Prints a line for the user, away from the program's own output."""
    print(f"besom: {line}", file=sys.stderr)


def connect(
    url: str | None = None,
    key: str | None = None,
    *,
    say: Callable[[str], None] = tell,
    environ: Mapping[str, str] | None = None,
) -> Connection:
    """A connection to the configured server; where none is configured the embedded one is found or started.

    A missing key is asked for at the terminal, where there is one.

    Args:
        url: address of a server; wins over the environment and over what ``besom login`` kept.
        key: API key; likewise.
        say: told in one line when a server had to be started.
        environ: instead of the process's environment.

    Raises:
        AuthenticationError: there is no key for the configured server, or it does not know the one it got.
        CommError: the embedded server cannot be started.
    """
    if environ is None:
        load_secrets(Path())
    address, home = settings.base_url(url, environ), settings.home(environ)
    if address is None:
        server = embedded.start(home, say)
        moved = partial(embedded.address, home, server.key)
        return Connection(server.url, server.key, entity=server.entity, moved=moved)
    known = settings.api_key(address, key, environ)
    if known is None:
        server_here = embedded.find(home)
        known = server_here.key if server_here and server_here.url == address else None
    if known is None:
        known = ask_key(address)
        check_key(address, known)
        keep_key(address, known, environ)
    moved = partial(embedded.address, home, known)  # an agent tells its programs the address of such a server, too
    return Connection(address, known, moved=moved if embedded.is_at(home, address, known) else None)
