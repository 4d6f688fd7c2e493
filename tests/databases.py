"""Fixtures of a real PostgreSQL server, shared by the tests of the store and of the server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import postgresql
from besom.server.store import Store


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    if postgresql.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and these tests must not be passed over here")
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgresql_server: postgresql.Server) -> str:
    """Name of a database with besom's tables, to be copied."""
    name = postgresql_server.create()
    Store.open(postgresql_server.url(name)).close()
    return name


def database_address(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database of that kind, for as long as it is iterated."""
    if kind == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path')}/besom.db"
        return
    server = request.getfixturevalue("postgresql_server")
    with server.database(request.getfixturevalue("migrated")) as address:
        yield address
