"""Links that let anyone read a sweep."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from besom.client.connection import Connection, segment
from besom.protocol import SweepLink


def share(connection: Connection, sweep_id: str) -> str:
    """The link to a sweep, made where there is none, at the address by which the server is called here."""
    link = connection.request("PUT", _route(sweep_id), reply=SweepLink)
    return urljoin(connection.url + "/", urlsplit(link.url or "").path)


def unshare(connection: Connection, sweep_id: str) -> None:
    """Ends the link to a sweep, if there is one."""
    connection.request("DELETE", _route(sweep_id))


def _route(sweep_id: str) -> str:
    return f"/sweeps/{segment(sweep_id)}/link"
