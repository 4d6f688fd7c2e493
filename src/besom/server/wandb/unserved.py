"""What besom does not have at all is said in words: an answer without it would end in a riddle in the client."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from besom.server.services.refusals import Invalid


def refuse_unserved(document: DocumentNode, schema: GraphQLSchema) -> None:
    """Refuses a document that asks for nothing but what besom does not have.

    Raises:
        Invalid: names it.
    """
    if missing := unserved(document, schema):
        asked = ", ".join(field for _, field in missing)
        raise Invalid(
            "not_served",
            f"besom does not have what W&B's client asks for here ({asked}).",
            "docs/from-wandb.md lists what is not supported, and what to do instead.",
        )


def unserved(document: DocumentNode, schema: GraphQLSchema) -> list[tuple[str, str]]:
    """What a document asks for, as type and field, if besom has nothing of it: neither its first fields, nor anything
    within one of them. Empty, if there is something."""
    missing: list[tuple[str, str]] = []
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            if _has_fragment(operation.selection_set):
                return []
            root = schema.get_root_type(operation.operation)
            for field in _fields(operation.selection_set):
                found = root.fields.get(field.name.value) if root is not None else None
                if found is None:
                    missing.append((operation.operation.value.title(), field.name.value))
                elif inner := _unserved_within(field, get_named_type(found.type)):
                    missing += inner
                else:
                    return []
    return missing


def _unserved_within(field: FieldNode, kind: object) -> list[tuple[str, str]]:
    """Where only things within a thing are asked for, and none of them is there. What it has itself is always there."""
    asked = list(_fields(field.selection_set))
    if not isinstance(kind, GraphQLObjectType) or _has_fragment(field.selection_set):
        return []
    if any(node.name.value in kind.fields for node in asked):
        return []
    return [(kind.name, node.name.value) for node in asked]


def _has_fragment(selections: SelectionSetNode | None) -> bool:
    """Whether more is asked for than its fields tell: something of that may be there."""
    return selections is not None and not all(isinstance(node, FieldNode) for node in selections.selections)


def _fields(selections: SelectionSetNode | None) -> Iterator[FieldNode]:
    for node in selections.selections if selections is not None else ():
        if isinstance(node, FieldNode) and not node.name.value.startswith("__"):
            yield node
