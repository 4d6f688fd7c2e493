"""REST: runs, and the stream of what they report."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from besom.protocol import NewRun, Run, RunChange, RunClaimed, RunPage, RunsChange, RunsChanged, RunStop, StreamAck
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.fast_path import fast_path
from besom.server.services import claims, many_runs, run_changes, run_lists, runs
from besom.server.services.refusals import Invalid
from besom.server.services.report import LARGEST_PIECE, unpack
from besom.server.services.stream import take_spool

_RUNS = "/api/v1/projects/{entity:str}/{project:str}/runs"
_RUN = _RUNS + "/{run_id:str}"


@get(_RUNS, tags=["runs"])
async def list_runs(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    sweep: FromQuery[str | None] = None,
    filter_text: Annotated[str | None, QueryParameter(name="filter")] = None,
    order: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 100,
    cursor: FromQuery[str | None] = None,
    since: Annotated[int | None, QueryParameter(ge=0)] = None,
    fields: Annotated[
        str | None, QueryParameter(description="Leave all of config, params, summary, tags, why out but these.")
    ] = None,
    deleted: Annotated[bool, QueryParameter(description="Those that are deleted and can come back.")] = False,
    latest: Annotated[
        list[str] | None,
        QueryParameter(description="With since: tell the latest numbers of these keys as well, 20 at most."),
    ] = None,
) -> RunPage:
    """Runs of a project that match, in pages; with ``since`` only those that changed after that version.

    ``fields=config.lr,summary.loss`` makes a long list lighter.
    """
    asked = run_lists.RunQuery(
        sweep=sweep,
        filter=filter_text,
        order=order,
        limit=limit,
        cursor=cursor,
        since=since,
        fields=fields,
        deleted=deleted,
        latest=latest or (),
    )
    return await run_lists.list_runs(services.ctx, caller, entity, project, asked)


@post(_RUNS, status_code=200, tags=["runs"], before_request=fast_path(data=NewRun))
async def begin_run(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[NewRun]
) -> RunClaimed:
    """Begins a run, or claims the one that an agent was given."""
    return await claims.begin_run(services.ctx, caller, entity, project, data)


@post(_RUNS + "/changes", status_code=200, tags=["runs"])
async def change_runs(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[RunsChange]
) -> RunsChanged:
    """Tags, stops, deletes, brings back, moves or runs again many runs at once; tells of what could not be."""
    return await many_runs.change_runs(services.ctx, services.plans, services.blobs, caller, entity, project, data)


@get(_RUN, tags=["runs"])
async def get_run(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> Run:
    """One run."""
    return await runs.get_run(services.ctx, caller, entity, project, run_id)


@patch(_RUN, tags=["runs"])
async def change_run(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    data: JSONBody[RunChange],
) -> Run:
    """Changes name, notes, tags, group, job type, and keys of config and summary."""
    return await run_changes.change_run(services.ctx, services.plans, caller, entity, project, run_id, data)


@delete(_RUN, tags=["runs"])
async def delete_run(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> None:
    """Deletes a run; a running one is ended. Its grid point is free again at once."""
    await runs.delete_run(services.ctx, caller, entity, project, run_id)


@post(_RUN + "/stop", status_code=200, tags=["runs"])
async def stop_run(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    data: JSONBody[RunStop | None] = None,
) -> Run:
    """Tells a run to end."""
    return await runs.stop_run(services.ctx, caller, entity, project, run_id, data or RunStop())


class _Place(msgspec.Struct):
    """The parameters of ``stream``."""

    offset: Annotated[int, msgspec.Meta(ge=0)]
    spool: str = ""
    begin: bool = False


@post(
    _RUN + "/stream",
    status_code=200,
    tags=["runs"],
    request_max_body_size=LARGEST_PIECE,
    before_request=fast_path(query=_Place, request=True),
)
async def stream(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    offset: Annotated[int, QueryParameter(ge=0)],
    spool: FromQuery[str] = "",
    begin: FromQuery[bool] = False,
) -> StreamAck:
    """Takes lines of a spool from its byte ``offset`` on, plain or with ``Content-Encoding: gzip``; empty for a sign of
    life. With ``begin=true`` (and ``offset=0``) the first line also begins the run."""
    body = await request.body()
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        body = unpack(body)
    elif encoding != "identity":
        raise Invalid("bad_encoding", f"Content-Encoding {encoding!r} is not understood.", "Use gzip or none.")
    return await take_spool(
        services.ctx, services.plans, caller, entity, project, run_id, spool, offset, body, begin=begin
    )


HANDLERS = [list_runs, begin_run, change_runs, get_run, change_run, delete_run, stop_run, stream]
