"""One embedded server for all tests that need one; each test has a folder of its own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_user import User, environment
from click.testing import CliRunner

from besom.cli.menu import menu
from besom.client import embedded
from besom.client.connection import Connection
from besom.protocol import KeyPage, RunPage


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose embedded server runs."""
    folder = tmp_path_factory.mktemp("cli") / "besom-home"
    embedded.start(folder, say=lambda _: None)
    yield folder
    embedded.stop(folder)


@pytest.fixture
def server(home: Path) -> Connection:
    """A connection to that server."""
    running = embedded.find(home)
    assert running
    return Connection(running.url, running.key)


@pytest.fixture
def user(home: Path, tmp_path: Path) -> User:
    """Someone whose embedded server runs."""
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return User(folder, environment(home))


@pytest.fixture
def newcomer(tmp_path: Path) -> User:
    """Someone who has never used besom: no home, no server."""
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return User(folder, environment(tmp_path / "new" / "besom-home"))


@dataclass(frozen=True)
class Launcher:
    """Someone who launches agents, and looks at what comes of it (``launch_contract``)."""

    user: User
    server: Connection

    def write(self, name: str, text: str) -> None:
        self.user.write(name, text)

    def says(self, *words: str) -> str:
        """Runs ``besom`` in this process: a new Python for each of many questions would take seconds."""
        result = CliRunner().invoke(menu, words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def runs(self, path: str) -> list[str]:
        project, _, sweep = path.rpartition("/")
        runs = self.server.request("GET", f"/projects/{project}/runs", query={"sweep": sweep}, reply=RunPage).runs
        return [run.state for run in runs]

    def keys(self) -> dict[str, str | None]:
        return {key.name: key.sweep_id for key in self.server.request("GET", "/keys", reply=KeyPage).keys}


@pytest.fixture
def launcher(user: User, server: Connection, monkeypatch: pytest.MonkeyPatch) -> Launcher:
    monkeypatch.chdir(user.folder)
    for name in os.environ.keys() - user.environment:
        monkeypatch.delenv(name)
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    return Launcher(user, server)
