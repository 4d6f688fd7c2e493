"""REST: quick search."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from besom.protocol import FoundPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import quick_search


@get("/api/v1/search", tags=["projects"])
async def search(
    services: ServicesDep,
    caller: CallerDep,
    q: FromQuery[str],
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="Of each kind.")] = 10,
) -> FoundPage:
    """Projects, sweeps and runs whose name or id holds the text ``q``."""
    return await quick_search.find(services.ctx, caller, q, limit)


HANDLERS = [search]
