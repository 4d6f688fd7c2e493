"""REST: live changes as server-sent events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, get
from litestar.params import FromQuery
from litestar.response import Stream

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.security import owner_of
from besom.server.services import projects
from besom.server.services.live import KEEP_ALIVE_SECONDS
from besom.server.services.refusals import Refusal
from besom.server.services.services import Services
from besom.server.services.users import Caller

if TYPE_CHECKING:
    from sqlalchemy import Connection

_encoder = msgspec.json.Encoder()


_BEAT = b"event: beat\ndata: {}\n\n"
"""A sign of life that a page can hear, which a comment is not: it takes long silence for a dead connection."""

_LOOK_EVERY = 30.0
"""Seconds, after which it is looked up again whether somebody may still watch: another server may have been told."""


@get("/api/v1/events", tags=["projects"], media_type="text/event-stream")
async def watch_project(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    entity: FromQuery[str],
    project: FromQuery[str],
) -> Stream:
    """What changes in a project: ``{"kind", "id", "version"}`` per event, and ``reset`` when some were left out.

    While nothing changes there is an event of type ``beat`` each 15 seconds, so that silence means a dead connection.
    """

    def look(conn: Connection, who: Caller = caller) -> int:
        return int(projects.find_project(conn, who, entity, project, in_part=True).id)

    async def look_again() -> None:
        who = await owner_of(services, request.headers)
        await services.ctx.read(lambda conn: look(conn, who))

    project_id = await services.ctx.read(look)
    return Stream(
        event_lines(services, caller, project_id, look_again),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def event_lines(
    services: Services, caller: Caller, project_id: int, look_again: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """The stream's text as it comes about; it ends with the link, or when ``look_again`` raises a Refusal."""
    with services.ctx.live.subscribed(project_id) as subscription:
        endings, looked = services.sessions.endings, time.monotonic()
        yield b": watching\n\n"  # the answer begins at once, so that the reader knows it is connected
        told = time.monotonic()
        while not subscription.closed:
            changes = await subscription.fetch()
            if caller.bounds is not None:
                links = services.links if caller.bounds.document is None else services.report_links
                seen = await links.changes_for(caller.bounds, changes)
                if seen is None:
                    return
                if changes and not seen and time.monotonic() - told < KEEP_ALIVE_SECONDS:
                    continue  # nothing for a reader, and a sign of life can wait
                changes = seen
            elif endings != services.sessions.endings or time.monotonic() - looked >= _LOOK_EVERY:
                endings, looked = services.sessions.endings, time.monotonic()
                try:
                    await look_again()
                except Refusal:
                    return
            lines = [b"id: %d\ndata: %s\n\n" % (change.version, _encoder.encode(change)) for change in changes]
            yield b"".join(lines) or _BEAT
            told = time.monotonic()


HANDLERS = [watch_project]
