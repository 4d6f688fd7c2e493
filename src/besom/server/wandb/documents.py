"""Documents of the client: read, and kept read; those that ask for too much are refused."""

from __future__ import annotations

from functools import lru_cache

from graphql import DocumentNode, FragmentDefinitionNode, FragmentSpreadNode, OperationDefinitionNode, parse

from besom.server.services.refusals import Invalid

_LONGEST_DOCUMENT = 100_000
_MOST_TOKENS = 20_000
_MOST_FIELDS = 2_000
_MOST_LEVELS = 30
_DOCUMENTS_KEPT = 128


@lru_cache(_DOCUMENTS_KEPT)
def read_document(text: str) -> DocumentNode:
    """The document of a text.

    Raises:
        GraphQLError: it is none.
        Invalid: it is too long, or asks for too much.
    """
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
