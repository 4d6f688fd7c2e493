"""A user of the real ``wandb`` client: scripts and commands run in its own environment, beside besom's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from warm_client import warm_client

from terminal_user import LONGEST, TerminalUser

CLIENT_BIN = Path(__file__).parents[2] / ".venv" / "wandb" / "bin"
_KEPT = {"LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"}
_SPARED = {"WANDB_X_SAVE_REQUIREMENTS": "false"}
"""Each run would look through the hundreds of packages that the tests of libraries need; few tests want the list."""
LISTS_PACKAGES = {"WANDB_X_SAVE_REQUIREMENTS": "true"}


@dataclass(frozen=True)
class WandbUser(TerminalUser):
    """The environment says where the server is, and with which key."""

    @classmethod
    def at(cls, root: Path, url: str, key: str) -> WandbUser:
        """With home and work folder below ``root``."""
        home, work = root / "home", root / "work"
        home.mkdir()
        work.mkdir()
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        paths = f"{CLIENT_BIN}{os.pathsep}{os.environ['PATH']}"
        told = {"HOME": str(home), "PATH": paths, "WANDB_BASE_URL": url, "WANDB_API_KEY": key}
        return cls(work, {**kept, **told, **_SPARED, "PYTHONUNBUFFERED": "1"})

    def run(self, *command: str, fails: bool = False, **environment: str) -> str:
        """As any terminal user does; programs of the client need not import it first."""
        if command[0] not in ("python", "wandb"):
            return super().run(*command, fails=fails, **environment)
        client = warm_client(CLIENT_BIN / "python")
        code, output = client.run(command, self.folder, {**self.environment, **environment}, LONGEST)
        assert code is not None, f"{' '.join(command)} did not end:\n{output}"
        assert (code != 0) == fails, f"{' '.join(command)} ended with {code}:\n{output}"
        return output

    def python(self, script: str, *, fails: bool = False, **environment: str) -> str:
        """Runs a program of these lines in the client's environment."""
        return self.run("python", "-c", script, fails=fails, **environment)

    def wandb(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Runs the client's command line."""
        return self.run("wandb", *arguments, fails=fails, **environment)
