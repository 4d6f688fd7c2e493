"""Lists of runs: of a project, of a sweep, of an agent; all of them, or page by page."""

from __future__ import annotations

from typing import Any

from besom.server.services.run_lists import RunQuery, count_runs, list_runs
from besom.server.wandb.call import Call
from besom.server.wandb.filters import filter_text, order_text
from besom.server.wandb.nodes import ProjectNode, RunNode, SweepNode
from besom.server.wandb.pages import connection
from besom.server.wandb.resolvers import Resolvers

RESOLVERS = Resolvers()

_ALL = 2**31 - 1
_LONGEST_PAGE = 1_000


@RESOLVERS.of("Project.runCount")
async def run_count(call: Call, parent: ProjectNode, filters: Any = None) -> int:
    """How many runs match."""
    return await count_runs(call.ctx, call.caller, parent.entity, parent.name, filter_text(filters))


@RESOLVERS.of("Project.runs")
async def runs_of_project(call: Call, parent: ProjectNode, filters: Any = None, **page: Any) -> dict[str, Any]:
    """The runs that match."""
    return await page_of_runs(call, parent, filters, **page)


@RESOLVERS.of("Sweep.runs")
async def runs_of_sweep(call: Call, parent: SweepNode, filters: Any = None, **page: Any) -> dict[str, Any]:
    """A sweep's runs that match: the client, where it wants all of them, does not ask for a second page."""
    return await page_of_runs(call, parent.project, filters, sweep=parent.sweep.id, **page, may_be_whole=True)


async def page_of_runs(
    call: Call,
    home: ProjectNode,
    *filters: Any,
    sweep: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
    may_be_whole: bool = False,
    **_: object,
) -> dict[str, Any]:
    """The runs of a project, or of one of its sweeps, for which all of the filters hold; without ``first`` all of them,
    if that may be.

    The client goes on from the last edge: each has the cursor of what comes after the page.
    """
    most = _ALL if may_be_whole and first is None else _LONGEST_PAGE
    asked = RunQuery(
        sweep=sweep,
        filter=filter_text(*filters),
        order=order_text(order),
        limit=most if first is None else min(max(first, 0), most),
        cursor=after or None,
        decode=True,
    )
    page = await list_runs(call.ctx, call.caller, home.entity, home.name, asked)
    nodes = [RunNode(run) for run in page.runs]
    return connection(nodes, [page.cursor or ""] * len(nodes), more=page.cursor is not None)
