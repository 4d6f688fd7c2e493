"""Someone in a folder, with a terminal, who writes files and runs commands."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

LONGEST = 300.0
"""Seconds that a command may take, on a machine that is busy with other tests."""


@dataclass(frozen=True)
class TerminalUser:
    """The environment says what is installed, and where the user's home is."""

    folder: Path
    environment: dict[str, str]

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
