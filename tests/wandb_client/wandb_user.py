"""A user of the real ``wandb`` client: scripts and commands run in its own environment, beside besom's."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CLIENT_BIN = Path(__file__).parents[2] / ".venv" / "wandb" / "bin"
_KEPT = {"LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"}
LONGEST = 150.0
"""Seconds, on a machine that is busy with other tests."""


@dataclass(frozen=True)
class WandbUser:
    """Someone in a folder, with a terminal; the environment says where the server is and with which key."""

    folder: Path
    environment: dict[str, str]

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

    def write(self, name: str, text: str) -> Path:
        """A file in the user's folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
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
        try:
            output, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise AssertionError(f"{' '.join(command)} did not end:\n{output}") from None
        assert (process.returncode != 0) == fails, f"{' '.join(command)} ended with {process.returncode}:\n{output}"
        return output

    def python(self, script: str, *, fails: bool = False, **environment: str) -> str:
        """Runs a program of these lines in the client's environment."""
        return self.run("python", "-c", script, fails=fails, **environment)

    def wandb(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Runs the client's command line."""
        return self.run("wandb", *arguments, fails=fails, **environment)
