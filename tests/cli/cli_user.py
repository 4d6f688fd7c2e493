"""Someone at a terminal: a folder, a home of their own, and the `besom` command as a real process."""

import contextlib
import fcntl
import os
import pty
import subprocess
import sys
import termios
from dataclasses import dataclass, field
from pathlib import Path

from terminal_user import LONGEST

GRID = "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [0.1, 0.2, 0.3]}\n"


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that the user saw."""
        return self.out + self.err


@dataclass(frozen=True)
class User:
    """Starts commands in ``folder``."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def besom(self, *arguments: str, stdin: str | None = None, **environment: str) -> Result:
        """Runs ``besom`` to its end."""
        return self.run([sys.executable, "-m", "besom.cli", *arguments], stdin, **environment)

    def shell(self, script: str, **environment: str) -> Result:
        """Runs lines as typed into bash, where aliases work."""
        return self.run(["bash", "-e", "-O", "expand_aliases", "-c", script], None, **environment)

    def run(self, command: list[str], stdin: str | None, **environment: str) -> Result:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def fails(self, *arguments: str, code: int = 1, stdin: str | None = None, **environment: str) -> str:
        """Runs ``besom``, which must fail with one error; returns what standard error says."""
        result = self.besom(*arguments, stdin=stdin, **environment)
        assert result.code == code, result.said
        assert result.err.count("error:") == 1, result.err
        return result.err


def environment(home: Path) -> dict[str, str]:
    """A user's environment without any settings of besom but the home."""
    foreign = ("BESOM_", "WANDB_", "SSH_", "NO_COLOR", "COLUMNS")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**clean, "HOME": str(home.parent), "BESOM_HOME": str(home), "PATH": path}


class Terminal:
    """A command that is started at a terminal, where someone reads and types."""

    def __init__(self, user: User, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "besom.cli", *arguments],
            cwd=user.folder,
            env={**user.environment, "TERM": "xterm-256color", **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  so that a typed Ctrl-C is a signal
        )
        os.close(theirs)
        self.said = ""

    def read_until(self, text: str) -> str:
        """Reads on until ``text`` was printed; returns all that was printed."""
        while text not in self.said:
            piece = self._read()
            assert piece, f"{text!r} was never printed: {self.said}"
        return self.said

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self) -> int:
        """Reads to the end; returns the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(LONGEST)

    def _read(self) -> bool:
        with contextlib.suppress(OSError):  # how Linux says that the other end has closed
            if piece := os.read(self._ours, 65536):
                self.said += piece.decode(errors="replace")
                return True
        return False


def on_a_terminal(user: User, *arguments: str, **environment: str) -> str:
    """What a command prints when standard output and error are a terminal."""
    terminal = Terminal(user, *arguments, **environment)
    terminal.end()
    return terminal.said
