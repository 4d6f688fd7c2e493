"""Lists of runs: filtered, ordered, in pages, or only what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from besom.protocol import RunPage
from besom.server.services.context import Context
from besom.server.services.users import Caller

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs are asked for."""

    sweep: str | None = None
    filter: str | None = None
    order: str | None = None
    limit: int = 100
    cursor: str | None = None
    since: int | None = None


async def list_runs(ctx: Context, caller: Caller, entity: str, project: str, asked: RunQuery) -> RunPage:
    """The runs of a project that match."""
    raise AssertionError
