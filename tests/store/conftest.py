"""Every test that takes ``store`` or ``url`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import postgresql
from besom.server.store import Store


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    if postgresql.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgresql_server: postgresql.Server) -> str:
    """Name of a database with besom's tables, to be copied."""
    name = postgresql_server.create()
    Store.open(postgresql_server.url(name)).close()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/besom.db"
        return
    server = request.getfixturevalue("postgresql_server")
    with server.database(request.getfixturevalue("migrated")) as address:
        yield address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()
