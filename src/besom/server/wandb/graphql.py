"""POST /graphql: one operation, executed by graphql-core.

The document is not validated against the schema: a field that besom does not have is left out of the answer, which
other versions of the client bear better than an error.
"""

from __future__ import annotations

from functools import lru_cache
from inspect import isawaitable
from typing import Any

import msgspec
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute, parse
from litestar import Request, Response, post

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services.refusals import Invalid
from besom.server.wandb.call import Call
from besom.server.wandb.schema import schema
from besom.server.wandb.unserved import refuse_unserved

_SHARES_RUN = "x-wandb-use-async-filestream"
_MOST_TOKENS = 20_000
_DOCUMENTS_KEPT = 256


class Query(msgspec.Struct):
    """The body of a request."""

    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None


_read_query = msgspec.json.Decoder(Query).decode


@post("/graphql", status_code=200)
async def answer_query(request: Request[Any, Any, Any], services: ServicesDep, caller: CallerDep) -> Response[bytes]:
    """Executes one operation. Its first failure is the failure of the whole."""
    try:
        query = _read_query(await request.body())
        document = _document(query.query)
    except (msgspec.DecodeError, GraphQLError) as error:
        raise Invalid("bad_query", f"The query cannot be read: {error}.") from None
    refuse_unserved(document, schema())
    answer = execute(
        schema(),
        document,
        variable_values=query.variables or {},
        operation_name=query.operationName or None,
        context_value=Call(services, caller, services.ctx.url, _SHARES_RUN in request.headers),
    )
    result: ExecutionResult = await answer if isawaitable(answer) else answer
    for failure in result.errors or ():
        cause = failure.original_error
        # What the schema does not know is the request's fault: the client would repeat it after a 500.
        raise Invalid("bad_query", failure.message) if cause is None or isinstance(cause, GraphQLError) else cause
    return Response(msgspec.json.encode({"data": result.data}), media_type="application/json")


@lru_cache(_DOCUMENTS_KEPT)
def _document(text: str) -> DocumentNode:
    return parse(text, no_location=True, max_tokens=_MOST_TOKENS)
