"""Queues one configuration of a sweep; an answer that is lost on the way is asked for again."""

from __future__ import annotations

import msgspec

from besom.client.connection import Connection, segment
from besom.client.run_ids import new_id
from besom.protocol import NewPoint, Run

PATIENCE_SECONDS = 30.0


def enqueue(connection: Connection, sweep_id: str, point: NewPoint) -> Run:
    """Queues ``point``, to be run before anything that search suggests; returns its run.

    A point without an id is sent with one, by which the server knows it when the request has to be sent again.

    Raises:
        ApiError: a parameter is unknown, missing or out of its range, or a grid has handed the point out already.
        ServerUnreachable: no answer for half a minute.
    """
    named = msgspec.structs.replace(point, id=point.id or new_id())
    route = f"/sweeps/{segment(sweep_id)}/queue"
    return connection.request("POST", route, body=named, reply=Run, patience=PATIENCE_SECONDS)
