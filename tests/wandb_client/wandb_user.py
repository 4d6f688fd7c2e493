"""A user of the real ``wandb`` client: scripts and commands run in its own environment, beside besom's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from terminal_user import TerminalUser

CLIENT_BIN = Path(__file__).parents[2] / ".venv" / "wandb" / "bin"
_KEPT = {"LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"}


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
        told = {"HOME": str(home), "PATH": paths, "WANDB_BASE_URL": url, "WANDB_API_KEY": key, "PYTHONUNBUFFERED": "1"}
        return cls(work, {**kept, **told})

    def python(self, script: str, *, fails: bool = False, **environment: str) -> str:
        """Runs a program of these lines in the client's environment."""
        return self.run("python", "-c", script, fails=fails, **environment)

    def wandb(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Runs the client's command line."""
        return self.run("wandb", *arguments, fails=fails, **environment)
