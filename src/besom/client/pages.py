"""Addresses of pages, ready to be clicked."""

from __future__ import annotations

import html
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from besom.client import settings
from besom.client.connection import Connection
from besom.protocol import NewTicket, Ticket


def page_address(connection: Connection, url: str, environ: Mapping[str, str] | None = None) -> str:
    """The full address of a page. On the embedded server, where nobody has a password, it signs the browser in, once.

    Args:
        connection: to the server.
        url: of the page, as the API's messages give it; a path is enough.
        environ: instead of the process's environment.
    """
    if not is_embedded(connection, environ):
        return urljoin(connection.url + "/", url)
    return signed_address(connection, url)


def frame(address: str, height: int) -> str:
    """A page as a frame in a notebook, ``height`` in pixels.

    Notebooks are opened at ``localhost``. To a browser 127.0.0.1 would be another site, whose cookies it keeps back.
    """
    source = html.escape(address.replace("//127.0.0.1:", "//localhost:", 1))
    return f'<iframe src="{source}" style="border:none;width:100%;height:{height}px"></iframe>'


def signed_address(connection: Connection, url: str) -> str:
    """The address of a page that signs the browser in, once, as the owner of the connection's key."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    ticket = connection.request("POST", "/tickets", body=NewTicket(path=path), reply=Ticket)
    return urljoin(connection.url + "/", ticket.url)


def reachable(connection: Connection, url: str) -> str:
    """An address that the server told, at the name by which the server is called from here."""
    parts = urlsplit(url)
    return urljoin(connection.url + "/", parts._replace(scheme="", netloc="").geturl())


def is_embedded(connection: Connection, environ: Mapping[str, str] | None = None) -> bool:
    """Whether the connection leads to the embedded server of this home: it has that server's key."""
    try:
        key = (settings.home(environ) / "key").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    return bool(key) and key == connection.key
