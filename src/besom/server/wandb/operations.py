"""Operations of the client, executed by graphql-core.

The document is not validated against the schema: a field that besom does not have is left out of the answer, which
other versions of the client bear better than an error.
"""

from __future__ import annotations

from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)

from besom.server.services.refusals import Invalid
from besom.server.wandb.call import Call
from besom.server.wandb.documents import read_document
from besom.server.wandb.schema import schema
from besom.server.wandb.unserved import refuse_unserved

_LEASE = frozenset({"agentHeartbeat", "createAgent", "upsertBucket"})


def read_operation(text: str) -> DocumentNode:
    """The document of a text.

    Raises:
        Invalid: it is none, or nothing that besom has.
    """
    try:
        document = read_document(text)
    except (RecursionError, GraphQLError) as error:
        raise Invalid("bad_query", f"The query cannot be read: {error}.") from None
    refuse_unserved(document, schema())
    return document


def only_reads(document: DocumentNode) -> bool:
    """Whether no operation of a document changes anything."""
    operations = [node.operation for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return all(operation is OperationType.QUERY for operation in operations)


def keeps_work(document: DocumentNode) -> bool:
    """Whether an operation of a document is what agents and runs live from: a claim, or an agent's sign of life."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fields = [field for node in operations for field in node.selection_set.selections]
    return any(isinstance(field, FieldNode) and field.name.value in _LEASE for field in fields)


async def run_operation(
    call: Call, document: DocumentNode, variables: dict[str, Any], name: str | None
) -> dict[str, Any] | None:
    """What an operation answers. Its first failure is the failure of the whole.

    Args:
        call: Who asks.
        document: As ``read_operation`` gave it.
        variables: By name; those that it does not declare are passed over.
        name: Which of the document's operations, where it has several.
    """
    answer = execute(schema(), document, variable_values=variables, operation_name=name, context_value=call)
    result: ExecutionResult = await answer if isawaitable(answer) else answer
    for failure in result.errors or ():
        cause = failure.original_error
        # What the schema does not know or is nested too deep is the request's fault: the client would repeat it after
        # a 500.
        if cause is None or isinstance(cause, GraphQLError | RecursionError):
            raise Invalid("bad_query", failure.message)
        raise cause
    return result.data
