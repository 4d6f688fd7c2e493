"""Every test that takes ``store`` or ``url`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from besom.server.store import Store
from databases import database_address, emptied, migrated, migrated_file, postgresql_server  # noqa: F401  fixtures


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a database that is this test's alone."""
    yield from database_address(kind, request, own=True)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    for address in database_address(kind, request):
        opened = Store.open(address)
        yield opened
        opened.close()
