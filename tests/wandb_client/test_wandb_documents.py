"""besom serves what the client can ask for: each of its GraphQL documents, field by field, without running it.

After an upgrade of the client, write documents.txt anew: python tests/wandb_client/client_documents.py
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from client_documents import Document, collect, digests, installed
from graphql import (
    DocumentNode,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from not_served import NOT_SERVED

from besom.server.wandb import documents as limits
from besom.server.wandb.schema import schema
from besom.server.wandb.unserved import unserved

HERE = Path(__file__).parent
KNOWN = HERE / "documents.txt"
RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
"""Whether fields of unions fit together is none of the server's business."""
NAMES = {
    r"Cannot query field '(\w+)' on type '(\w+)'": r"\2.\1",
    r"Unknown argument '(\w+)' on field '([\w.]+)'": r"\2(\1:)",
    r"Unknown type '(\w+)'": r"\1",
}
"""Of what is missing, by what graphql-core says."""

ASKS_FOR_MORE = """
import wandb

api = wandb.Api()
for ask in (
    lambda: api.create_user("a@example.org"),
    lambda: list(api.integrations()),
    lambda: list(api.automations()),
    lambda: api.run_queue(api.default_entity, "q").id,
):
    try:
        ask()
    except Exception as error:
        print(error)
"""


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return collect(installed())


@pytest.fixture(scope="module")
def missing(documents) -> dict[str, list[str]]:
    """What the schema lacks, by name, and the operations that ask for it."""
    found: dict[str, list[str]] = {}
    for document in documents:
        for name in lacking(parse(document.text)):
            found.setdefault(name, []).append(f"{document.name} ({document.source})")
    return found


def lacking(document: DocumentNode) -> list[str]:
    """What the schema lacks for a document: names as in ``not_served.py``, else what is wrong, in words."""
    if refused := unserved(document, schema()):
        return [f"{kind}.{field}" for kind, field in refused]
    wrong = [error.message for error in validate(schema(), document, RULES)]
    return list(dict.fromkeys(map(name_of, wrong)))


def name_of(message: str) -> str:
    for words, name in NAMES.items():
        if found := re.match(words, message):
            return found.expand(name)
    return message


def test_the_installed_client_is_the_one_that_is_pinned():
    pins = (HERE.parents[1] / "requirements-wandb.txt").read_text().split()
    pinned = next(pin.partition("==")[2] for pin in pins if pin.startswith("wandb[sweeps]=="))
    assert (installed().parent / f"wandb-{pinned}.dist-info").is_dir(), f"wandb {pinned} is not what is installed"


def test_all_that_the_client_can_ask_for_is_served_or_listed_with_a_reason(missing):
    unexplained = [f"{name}: {', '.join(asking)}" for name, asking in missing.items() if name not in NOT_SERVED]
    assert not unexplained, "\n".join(unexplained)


def test_a_field_that_is_new_in_a_document_is_named_even_beside_one_that_is_not_served():
    text = """query New($name: String!) { project(name: $name) { new runQueue(x: 1) { newest } runCount(newer: 1) } }"""
    assert lacking(parse(text)) == ["Project.new", "Project.runQueue", "Project.runCount(newer:)"]
    assert lacking(parse("mutation New { brandNew { id } }")) == ["Mutation.brandNew"]


def test_a_document_with_a_fragment_may_ask_for_something_that_is_served():
    fragments = "fragment A on Query { viewer { id } } fragment B on User { id }"
    for text in ("query { brandNew { id } ...A }", "query { viewer { brandNew ...B } }"):
        assert unserved(parse(f"{text} {fragments}"), schema()) == []


def test_no_document_is_near_the_limits_of_a_query(documents, monkeypatch):
    for name in ("_LONGEST_DOCUMENT", "_MOST_FIELDS", "_MOST_LEVELS"):
        monkeypatch.setattr(limits, name, getattr(limits, name) // 2)
    for document in documents:
        limits.read_document.__wrapped__(document.text)


def test_the_list_of_what_is_not_served_names_nothing_that_is(missing):
    assert not NOT_SERVED.keys() - missing.keys()


def test_an_upgrade_that_changes_a_document_is_noticed(documents):
    before, now = set(KNOWN.read_text().splitlines()), set(digests(documents))
    changed = sorted({line.split()[0] for line in before ^ now})
    assert not changed, f"The client's documents of these operations are others than before: {', '.join(changed)}"


def test_what_besom_does_not_have_at_all_is_refused_in_words(user):
    said = user.python(ASKS_FOR_MORE)
    for name in ("createUser", "integrations", "projects", "runQueue"):
        assert f"besom does not have what W&B's client asks for here ({name})" in said
