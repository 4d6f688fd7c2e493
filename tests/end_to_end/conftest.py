"""A new user's machine: an empty home, a project folder, and the `besom` command. The server is the embedded one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class User:
    """Someone in a folder, with a terminal."""

    folder: Path
    environment: dict[str, str]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts a command; its output goes to one pipe."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, fails: bool = False, **environment: str) -> str:
        """Runs a command to its end and returns what it printed; it must succeed, or fail, as said."""
        process = self.start(*command, **environment)
        output, _ = process.communicate(timeout=120)
        assert (process.returncode != 0) == fails, f"{' '.join(command)} ended with {process.returncode}:\n{output}"
        return output

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
    subprocess.run([BIN / "besom", "server", "stop"], env=environment, check=False, capture_output=True, timeout=60)


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
