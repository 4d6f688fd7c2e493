"""A new user's machine: an empty home, a project folder, and the `besom` command. The server is the embedded one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal_user import TerminalUser

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class User(TerminalUser):
    """Someone with the ``besom`` command."""

    def shell(self, script: str, **environment: str) -> str:
        """Runs lines as typed into bash, where aliases work; each must succeed."""
        return self.run("bash", "-e", "-O", "expand_aliases", "-c", script, **environment)

    def python(self, script: str, **environment: str) -> str:
        return self.run(sys.executable, "-c", script, **environment)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A BESOM_HOME whose embedded server, if anybody started it, is stopped at the end."""
    folder = tmp_path_factory.mktemp("home") / ".besom"
    yield folder
    environment = {**os.environ, "BESOM_HOME": str(folder)}
    subprocess.run([BIN / "besom", "server", "stop"], env=environment, check=False, capture_output=True, timeout=120)


@pytest.fixture
def user(home: Path, tmp_path: Path) -> User:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_", "PYTHON"))}
    environment = {
        **clean,
        "HOME": str(home.parent),
        "BESOM_HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }
    return User(tmp_path, environment)
