"""What besom does not have at all is said in words: an answer without it would end in a riddle in the client."""

from __future__ import annotations

from graphql import DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode

from besom.server.services.refusals import Invalid


def refuse_unserved(document: DocumentNode, schema: GraphQLSchema) -> None:
    """Refuses a document that asks for nothing but what besom does not have.

    Raises:
        Invalid: names it.
    """
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            root = schema.get_root_type(operation.operation)
            asked = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
            if asked and (root is None or not root.fields.keys() & set(asked)):
                raise Invalid(
                    "not_served",
                    f"besom does not have what W&B's client asks for here ({', '.join(asked)}).",
                    "docs/from-wandb.md lists what is not supported, and what to do instead.",
                )
