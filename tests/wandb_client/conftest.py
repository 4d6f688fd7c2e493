"""The real client, in an environment of its own, and a server for it: nothing but the two variables is set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from wandb_user import CLIENT_BIN, WandbUser

from besom.client.connection import Connection

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Server:
    """A server process on a free port of loopback."""

    url: str
    key: str


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("server")
    environment = {**os.environ, "BESOM_HOME": str(home)}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [BIN / "besom", "server", "--port", "0"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        told = home / "server.json"
        while not told.exists():
            assert process.poll() is None, (home / "log").read_text()
            time.sleep(0.05)
        yield Server(json.loads(told.read_text())["url"], (home / "key").read_text().strip())
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def user(server: Server, tmp_path: Path) -> WandbUser:
    """Someone who has installed the client, with an empty home and an empty folder."""
    assert (CLIENT_BIN / "wandb").exists(), "The client is not installed; make .venv/wandb/installed"
    return WandbUser.at(tmp_path, server.url, server.key)


@pytest.fixture
def connection(server: Server) -> Connection:
    """besom's own client, to look at what the server has."""
    return Connection(server.url, server.key)
