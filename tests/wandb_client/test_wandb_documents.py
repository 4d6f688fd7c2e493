"""besom serves what the client can ask for: each of its GraphQL documents, field by field, without running it.

After an upgrade of the client, write documents.txt anew: python tests/wandb_client/client_documents.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from client_documents import Document, collect, digests, installed
from graphql import parse, validate
from not_served import NOT_SERVED

from besom.server.wandb import documents as limits
from besom.server.wandb.schema import schema

HERE = Path(__file__).parent
KNOWN = HERE / "documents.txt"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return collect(installed())


@pytest.fixture(scope="module")
def missing(documents) -> dict[Document, list[str]]:
    """What the schema lacks for each document that it cannot answer whole."""
    found = {document: [error.message for error in validate(schema(), parse(document.text))] for document in documents}
    return {document: messages for document, messages in found.items() if messages}


def test_the_installed_client_is_the_one_that_is_pinned():
    pins = (HERE.parents[1] / "requirements-wandb.txt").read_text().split()
    pinned = next(pin.partition("==")[2] for pin in pins if pin.startswith("wandb[sweeps]=="))
    assert (installed().parent / f"wandb-{pinned}.dist-info").is_dir(), f"wandb {pinned} is not what is installed"


def test_every_document_is_served_field_by_field_or_listed_with_a_reason(missing):
    unexplained = [
        f"{document.name} ({document.source}): {message}"
        for document, messages in missing.items()
        if document.name not in NOT_SERVED
        for message in messages
    ]
    assert not unexplained, "\n".join(unexplained)


def test_no_document_is_near_the_limits_of_a_query(documents, monkeypatch):
    for name in ("_LONGEST_DOCUMENT", "_MOST_FIELDS", "_MOST_LEVELS"):
        monkeypatch.setattr(limits, name, getattr(limits, name) // 2)
    for document in documents:
        limits.read_document.__wrapped__(document.text)


def test_the_list_of_what_is_not_served_names_nothing_that_is(missing):
    assert not NOT_SERVED.keys() - {document.name for document in missing}


def test_an_upgrade_that_changes_a_document_is_noticed(documents):
    before, now = set(KNOWN.read_text().splitlines()), set(digests(documents))
    changed = sorted({line.split()[0] for line in before ^ now})
    assert not changed, f"The client's documents of these operations are others than before: {', '.join(changed)}"


def test_what_besom_does_not_have_at_all_is_refused_in_words(user):
    said = user.python("import wandb; wandb.Api().create_user('a@example.org')", fails=True)
    assert "besom does not have what W&B's client asks for here (createUser)" in said
