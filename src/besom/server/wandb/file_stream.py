"""POST .../file_stream: lines of a run's files, by their numbers. Each kind of line becomes what a report says."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, post
from litestar.params import FromPath

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services.lines import Lines, take_lines
from besom.server.services.report import LARGEST_PIECE, unpack
from besom.server.wandb.stream_lines import read_lines

_WRITER = "x-wandb-async-client-id"
"""Names one of several processes that log to a run at the same time."""
_READ_IN_PLACE = 1 << 16
"""Bytes; a larger post, or one that has to be unpacked, is read in a thread, so that nobody waits for it."""


@post(
    "/files/{entity:str}/{project:str}/{run_id:str}/file_stream", status_code=200, request_max_body_size=LARGEST_PIECE
)
async def take_file_stream(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
) -> dict[str, bool]:
    """Stores what is new, and says when the run should end. An empty object is a sign of life."""
    body, now = await request.body(), services.ctx.clock()
    is_packed = request.headers.get("content-encoding") == "gzip"

    def read() -> Lines:
        return read_lines(unpack(body) if is_packed else body, now)

    lines = await asyncio.to_thread(read) if is_packed or len(body) > _READ_IN_PLACE else read()
    writer = request.headers.get(_WRITER)
    taken = await take_lines(services.ctx, services.plans, caller, entity, project, run_id, lines, writer)
    return {} if taken.stop is None else {"stopped": True}
