"""What runs have printed, line by line."""

from __future__ import annotations

from typing import Any

from besom.protocol import OutputLine
from besom.server.services.run_details import get_output
from besom.server.wandb.call import Call
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.pages import connection, position_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_time

RESOLVERS = Resolvers()

_MOST = 10_000
"""Lines in one answer."""


@RESOLVERS.of("Run.logLines")
async def log_lines(
    call: Call,
    parent: RunNode,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    **_: object,
) -> dict[str, Any]:
    """The ``last`` lines, or the ``first`` ones behind the cursor ``after``."""
    if last is not None:
        limit = min(max(last, 0), _MOST)
        start = -limit
    else:
        start, limit = position_of(after), min(first or _MOST, _MOST)
    run = parent.run
    page = await get_output(call.ctx, call.caller, run.entity, run.project, run.id, after=start, limit=limit)
    lines = [_line(line) for line in page.lines]
    return connection(lines, [str(line.number + 1) for line in page.lines], more=page.next < page.total)


def _line(line: OutputLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "timestamp": write_time(line.time or None, "milliseconds"),
        "level": line.level,
        "label": None,
        "line": line.text,
    }
