"""Ports for programs that must be told one before they start."""

from __future__ import annotations

import socket


def reserved_port() -> int:
    """A port of loopback that the system gives to nobody else for a minute; who asks for it by its number gets it.

    A connection to it that has just been closed keeps it (TIME_WAIT). Else another test could have it, while a database
    is still being made.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        with socket.create_connection(listening.getsockname()):
            listening.accept()[0].close()  # who closes first is the one that waits
            return int(listening.getsockname()[1])
