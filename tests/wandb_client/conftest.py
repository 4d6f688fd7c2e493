"""The real client, in an environment of its own, and a server for it; only the two variables have to be set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wandb_server import serving
from wandb_user import CLIENT_BIN, WandbUser

from besom.client.connection import Connection
from server_process import ServerProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def user(server: ServerProcess, tmp_path: Path) -> WandbUser:
    """Someone who has installed the client, with an empty home and an empty folder."""
    assert (CLIENT_BIN / "wandb").exists(), "The client is not installed; make .venv/wandb/installed"
    return WandbUser.at(tmp_path, server.url, server.key)


@pytest.fixture
def connection(server: ServerProcess) -> Connection:
    """besom's own client, to look at what the server has."""
    return Connection(server.url, server.key)
