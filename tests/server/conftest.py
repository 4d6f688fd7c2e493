"""Fixtures of the server's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from server_world import World, open_world

import postgresql
from besom.server.store import Store

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Modules that set ON_BOTH_DATABASES run on SQLite and on a real PostgreSQL; the others on SQLite."""
    if "database" in metafunc.fixturenames:
        both = getattr(metafunc.module, "ON_BOTH_DATABASES", False)
        metafunc.parametrize("database", BOTH if both else BOTH[:1], indirect=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


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


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/besom.db"
        return
    server = request.getfixturevalue("postgresql_server")
    with server.database(request.getfixturevalue("migrated")) as address:
        yield address


@pytest.fixture
async def world(database: str, anyio_backend: str) -> AsyncIterator[World]:
    async with open_world(database) as opened:
        yield opened
