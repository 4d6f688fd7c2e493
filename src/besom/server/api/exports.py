"""REST: runs as a file to download."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import exports


@get("/api/v1/projects/{entity:str}/{project:str}/runs/export", tags=["runs"], media_type="text/csv")
async def export_runs(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    sweep: FromQuery[str | None] = None,
    filter_text: Annotated[str | None, QueryParameter(name="filter")] = None,
) -> Stream:
    """The runs that match as comma-separated values: facts, config and summary, one row per run, the oldest first."""
    pieces = await exports.runs_as_csv(services.ctx, caller, entity, project, sweep=sweep, filter_text=filter_text)
    name = quote(f"{project}-{sweep or 'runs'}.csv", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Type": "text/csv; charset=utf-8",
    }
    return Stream(pieces, headers=headers)


HANDLERS = [export_runs]
