"""Quick search: projects, sweeps and runs by a part of their name or id, wherever the caller may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from besom.protocol import Found, FoundPage
from besom.server.services.context import Context
from besom.server.services.rights import visible_to
from besom.server.services.users import Caller
from besom.server.store import quick_search

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_TEXT = 200


async def find(ctx: Context, caller: Caller, text: str, limit: int) -> FoundPage:
    """Up to ``limit`` of each kind, projects first; nothing for an empty text.

    Args:
        ctx: The services' context.
        caller: Who asks.
        text: A part of a name or id, small letters as good as capitals; only its beginning counts if it is very long.
        limit: Of each kind.
    """
    text = text.strip()[:LONGEST_TEXT]
    if not text:
        return FoundPage(found=[])
    caller.must_be_user()
    visible = visible_to(caller)

    def look(conn: Connection) -> list[Found]:
        return [
            *(_project(ctx, row) for row in quick_search.projects_like(conn, text, visible, limit)),
            *(_item(ctx, "sweep", row) for row in quick_search.sweeps_like(conn, text, visible, limit)),
            *(_item(ctx, "run", row) for row in quick_search.runs_like(conn, text, visible, limit)),
        ]

    return FoundPage(found=await ctx.read(look))


def _project(ctx: Context, row: Any) -> Found:
    address = ctx.page(row.entity, row.project)
    place = {"entity": row.entity, "project": row.project}
    return Found(kind="project", **place, id=row.project, name=row.project, state=None, url=address)


def _item(ctx: Context, kind: Literal["sweep", "run"], row: Any) -> Found:
    address = ctx.page(row.entity, row.project, f"{kind}s", row.id)
    place = {"entity": row.entity, "project": row.project}
    return Found(kind=kind, **place, id=row.id, name=row.name, state=row.state, url=address)
