"""Fixtures of the server's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from server_world import World, open_world

from databases import database_address, emptied, migrated, migrated_file, postgresql_server  # noqa: F401  fixtures

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Modules that set ON_BOTH_DATABASES run on SQLite and on a real PostgreSQL; those that set ON_POSTGRESQL, there;
    the others on SQLite."""
    if "database" in metafunc.fixturenames:
        both = getattr(metafunc.module, "ON_BOTH_DATABASES", False)
        kinds = BOTH[1:] if getattr(metafunc.module, "ON_POSTGRESQL", False) else BOTH if both else BOTH[:1]
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from database_address(request.param, request)


@pytest.fixture
async def world(database: str, anyio_backend: str) -> AsyncIterator[World]:
    async with open_world(database) as opened:
        yield opened
