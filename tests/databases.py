"""Databases for the tests of the store and of the server: each test gets an empty one that has besom's tables."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgresql
from besom.server.store import Store

_KEPT: dict[str, Store] = {}
"""Stores that nobody uses, by the address of their database."""


@contextlib.contextmanager
def kept_store(address: str) -> Iterator[Store]:
    """A store of that database. PostgreSQL's stays open for the next test: its processes need longer to come and to
    learn the tables than most tests take."""
    store = _KEPT.pop(address, None) or Store.open(address)
    with contextlib.ExitStack() as ending:
        ending.callback(store.close)
        yield store
        if store.url.get_backend_name() == "postgresql" and _KEPT.setdefault(address, store) is store:
            ending.pop_all()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    if postgresql.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and these tests must not be passed over here")
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with besom's tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "besom.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated(postgresql_server: postgresql.Server) -> str:
    """Name of a database with besom's tables, to be copied."""
    name = postgresql_server.create()
    Store.open(postgresql_server.url(name)).close()
    return name


@pytest.fixture(scope="session")
def emptied(postgresql_server: postgresql.Server, migrated: str) -> Iterator[str]:
    """Name of a database with besom's tables that tests use one after the other."""
    yield postgresql_server.create(migrated)
    while _KEPT:
        _KEPT.popitem()[1].close()


def database_address(kind: str, request: pytest.FixtureRequest, *, own: bool = False) -> Iterator[str]:
    """Address of an empty database of that kind, for as long as it is iterated.

    Args:
        own: the test may change its tables and who is connected.
    """
    if kind == "sqlite":
        copy = request.getfixturevalue("tmp_path") / "besom.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), copy)
        yield f"sqlite:///{copy}"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    if own:
        with server.database(request.getfixturevalue("migrated")) as address:
            yield address
        return
    name = request.getfixturevalue("emptied")
    server.empty(name)
    yield server.url(name)
