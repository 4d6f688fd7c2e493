"""One embedded server for all tests of controllers; a project of its own for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from controller_world import World

from besom.client import embedded
from besom.client.api import Api


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose embedded server runs."""
    folder = tmp_path_factory.mktemp("controller") / "besom-home"
    embedded.start(folder, say=lambda _: None)
    yield folder
    embedded.stop(folder)


@pytest.fixture
def api(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The Api as a user makes it, with nothing configured, in an empty folder."""
    for name in ("BASE_URL", "API_KEY", "ENTITY", "PROJECT"):
        monkeypatch.delenv(f"BESOM_{name}", raising=False)
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("BESOM_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return Api()


@pytest.fixture
def world(api: Api) -> World:
    return World(api)
