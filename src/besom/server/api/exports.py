"""REST: runs as a file to download."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from besom.protocol import TableFormat
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services.csv_export import csv_pieces
from besom.server.services.parquet_export import load_parquet, parquet_pieces
from besom.server.services.run_table import open_table

_FORMATS = {
    "csv": (csv_pieces, "text/csv; charset=utf-8"),
    "parquet": (parquet_pieces, "application/vnd.apache.parquet"),
}


@get("/api/v1/projects/{entity:str}/{project:str}/runs/export", tags=["runs"], media_type="text/csv")
async def export_runs(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    sweep: FromQuery[str | None] = None,
    filter_text: Annotated[str | None, QueryParameter(name="filter")] = None,
    file_format: Annotated[TableFormat, QueryParameter(name="format")] = "csv",
) -> Stream:
    """The runs that match as a table: facts, config and summary, one row per run, the oldest first.

    As comma-separated values, or as Parquet, whose columns have types.
    """
    if file_format == "parquet":
        await load_parquet()  # first: the table looks at all runs
    write, media_type = _FORMATS[file_format]
    pieces = write(await open_table(services.ctx, caller, entity, project, sweep=sweep, filter_text=filter_text))
    name = quote(f"{project}-{sweep or 'runs'}.{file_format}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Type": media_type}
    return Stream(pieces, headers=headers)


HANDLERS = [export_runs]
