"""Pages of lists, as the client reads them: edges with cursors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from besom.server.services.refusals import Invalid

Item = TypeVar("Item")

_LONGEST_NUMBER = 15


def connection(nodes: Sequence[Any], cursors: Sequence[str], *, more: bool) -> dict[str, Any]:
    """A page, each node with the cursor of what comes after it. ``more``: there is another page."""
    edges = [{"node": node, "cursor": cursor} for node, cursor in zip(nodes, cursors, strict=True)]
    return {"edges": edges, "pageInfo": {"endCursor": cursors[-1] if cursors else None, "hasNextPage": more}}


def position_of(cursor: str | None) -> int:
    """How many items come before what a cursor of a numbered list stands for.

    Raises:
        Invalid: it is no such cursor.
    """
    if not cursor:
        return 0
    if not cursor.isdecimal() or len(cursor) > _LONGEST_NUMBER:
        raise Invalid("bad_cursor", f"{cursor[:40]!r} is no cursor of this list.", field="after")
    return int(cursor)


def page_of(items: Sequence[Item], first: int | None, after: str | None) -> dict[str, Any]:
    """A page of a list that is here as a whole: ``first`` items, or all, from the cursor ``after`` on.

    Raises:
        Invalid: it is no cursor of such a list.
    """
    start = position_of(after)
    end = len(items) if first is None else start + max(first, 0)
    shown = items[start:end]
    cursors = [str(start + number) for number in range(1, len(shown) + 1)]
    return connection(shown, cursors, more=end < len(items))
