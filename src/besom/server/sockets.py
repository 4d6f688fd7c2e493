"""Where a server listens."""

from __future__ import annotations

import contextlib
import errno
import socket

from besom.server.errors import ServerError


def bind_first(host: str, ports: list[int]) -> socket.socket:
    """A listening socket at the first of the ports that can be had.

    Raises:
        ServerError: none of them.
    """
    for port in ports[:-1]:
        with contextlib.suppress(ServerError):
            return _bind(host, port)
    return _bind(host, ports[-1])


def url_of(host: str, listening: socket.socket) -> str:
    """The address of a server that listens there for ``host``."""
    port = listening.getsockname()[1]
    name = socket.gethostname() if host in ("", "0.0.0.0", "::") else host  # noqa: S104  compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ServerError: the address cannot be had.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise ServerError(
            f"{host!r} is no address of this machine: {error.strerror}.", "Try --host 127.0.0.1."
        ) from None
    # asyncio switches Nagle's algorithm off only where the protocol is said; with it each answer takes 40 ms more.
    found = socket.socket(family, kind, proto)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
        found.listen(2048)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"Port {port} of {host} is taken, perhaps by another besom server.",
                "If it is the embedded one of this machine: besom server stop. Else take another port with --port.",
            ) from None
        raise ServerError(
            f"{host}:{port} cannot be listened at: {error.strerror}.", "Try another --host or --port."
        ) from None
    return found
