"""A user who copied an example's folder and follows its first lines. The server is the embedded one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_user import environment
from example_user import EXAMPLES, ExampleUser


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A BESOM_HOME whose embedded server is stopped at the end."""
    folder = tmp_path_factory.mktemp("examples") / ".besom"
    yield folder
    stop = [sys.executable, "-m", "besom.cli", "server", "stop"]
    subprocess.run(stop, env={**os.environ, "BESOM_HOME": str(folder)}, check=False, capture_output=True, timeout=120)


@pytest.fixture
def copied(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ExampleUser]:
    """Copies an example; this process sees the same server, so that ``besom.Api()`` tells what became of it."""
    surroundings = environment(home)
    for name in os.environ:
        if name.startswith(("BESOM_", "WANDB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BESOM_HOME", str(home))

    def copy(name: str) -> ExampleUser:
        return ExampleUser.copying(EXAMPLES / name, tmp_path / name, surroundings)

    return copy
