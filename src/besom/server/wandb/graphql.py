"""POST /graphql: one operation, executed by graphql-core.

The document is not validated against the schema: a field that besom does not have is left out of the answer, which
other versions of the client bear better than an error.
"""

from __future__ import annotations

from functools import lru_cache
from inspect import isawaitable
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    execute,
    parse,
)
from litestar import Request, Response, post

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services.refusals import Invalid
from besom.server.wandb.call import Call
from besom.server.wandb.schema import schema
from besom.server.wandb.unserved import refuse_unserved

_SHARES_RUN = "x-wandb-use-async-filestream"
_LONGEST_DOCUMENT = 100_000
_MOST_TOKENS = 20_000
_MOST_FIELDS = 2_000
_MOST_LEVELS = 30
_DOCUMENTS_KEPT = 128


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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, GraphQLError) as error:
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
        # What the schema does not know or is nested too deep is the request's fault: the client would repeat it after
        # a 500.
        if cause is None or isinstance(cause, GraphQLError | RecursionError):
            raise Invalid("bad_query", failure.message)
        raise cause
    return Response(msgspec.json.encode({"data": result.data}), media_type="application/json")


@lru_cache(_DOCUMENTS_KEPT)
def _document(text: str) -> DocumentNode:
    if len(text) > _LONGEST_DOCUMENT:
        raise Invalid("bad_query", f"A query may have at most {_LONGEST_DOCUMENT:,} characters.")
    document = parse(text, no_location=True, max_tokens=_MOST_TOKENS)
    _refuse_boundless(document)
    return document


def _refuse_boundless(document: DocumentNode) -> None:
    """Counts what is asked for with each fragment in place of its name. A fragment within itself has no end."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    waiting = [(node.selection_set, 1) for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fields = 0
    while waiting:
        selected, level = waiting.pop()
        fields += len(selected.selections)
        if fields > _MOST_FIELDS or level > _MOST_LEVELS:
            most = f"{_MOST_FIELDS:,} fields on {_MOST_LEVELS} levels"
            raise Invalid("bad_query", f"A query may ask for at most {most}, those of its fragments among them.")
        for node in selected.selections:
            inner = fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            if below := getattr(inner, "selection_set", None):
                waiting.append((below, level + 1))
