"""POST /graphql: one operation."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import msgspec
from litestar import Request, Response, post

from besom.protocol import UNREADABLE
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.disconnect import watch_disconnect
from besom.server.limits.admission import as_read
from besom.server.services.refusals import Invalid
from besom.server.store.store import urgently
from besom.server.wandb.call import Call

_WRITER = "x-wandb-client-id"


class Query(msgspec.Struct):
    """The body of a request."""

    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None


_read_query = msgspec.json.Decoder(Query).decode


@post("/graphql", status_code=200)
async def answer_query(request: Request[Any, Any, Any], services: ServicesDep, caller: CallerDep) -> Response[bytes]:
    """Executes one operation."""
    from besom.server.wandb import operations  # loads graphql-core: only where W&B's client asks

    try:
        query = _read_query(await request.body())
    except UNREADABLE as error:
        raise Invalid("bad_query", f"The query cannot be read: {error}.") from None
    document = operations.read_operation(query.query)
    if operations.only_reads(document):
        place: AbstractContextManager[None] = as_read(request)
    else:
        place = urgently(operations.keeps_work(document))
    with place, watch_disconnect(request) as disconnected:
        call = Call(services, caller, services.ctx.url, request.headers.get(_WRITER), disconnected)
        data = await operations.run_operation(call, document, query.variables or {}, query.operationName or None)
    return Response(msgspec.json.encode({"data": data}), media_type="application/json")
