"""Links that let anyone read a sweep."""

from __future__ import annotations

from besom.client.connection import Connection, segment
from besom.client.pages import reachable
from besom.protocol import SweepLink


def share(connection: Connection, sweep_id: str, *, renew: bool = False) -> str:
    """The link to a sweep, made where there is none, at the address by which the server is called here. With ``renew``
    the one that there is ends, and another one takes its place."""
    query = {"renew": "true"} if renew else None
    link = connection.request("PUT", _route(sweep_id), query=query, reply=SweepLink)
    return reachable(connection, link.url or "")


def unshare(connection: Connection, sweep_id: str) -> None:
    """Ends the link to a sweep, if there is one."""
    connection.request("DELETE", _route(sweep_id))


def _route(sweep_id: str) -> str:
    return f"/sweeps/{segment(sweep_id)}/link"
