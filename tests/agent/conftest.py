"""A real server, sweeps on it, and agents as processes of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agent_world import World, start_server

from besom.client import embedded


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a server that all tests share."""
    folder = tmp_path_factory.mktemp("home")
    start_server(folder)
    yield folder
    embedded.stop(folder)


@pytest.fixture
def world(home: Path, tmp_path: Path) -> Iterator[World]:
    """A folder with programs, and the shared server."""
    with World(home, tmp_path) as here:
        yield here


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[World]:
    """The same with a server of its own, that may be stopped."""
    home = tmp_path / "home"
    start_server(home)
    (tmp_path / "work").mkdir()
    with World(home, tmp_path / "work") as here:
        yield here
    embedded.stop(home)


@pytest.fixture
def in_this_process(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    """The world as this process's surroundings, for function agents."""
    monkeypatch.chdir(world.folder)
    for name in ("BESOM_DIR", "WANDB_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in world.settings.items():
        monkeypatch.setenv(name, value)
    return lambda: world
