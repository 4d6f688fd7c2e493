"""The programs of engines: ``sbatch``, ``ssh``, ``kubectl``."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from besom.errors import BesomError

PATIENCE_SECONDS = 120.0


class EngineError(BesomError):
    """An engine cannot be used, or refused; the message holds all that it said."""


class Unfinished(EngineError):
    """Nobody knows whether an engine has done what it was told."""

    handle: Any = None
    """Of what it has perhaps started, where that is known without its answer."""


def run(
    words: Sequence[str],
    *,
    missing: str,
    stdin: str = "",
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Runs a program of an engine to its end; returns what it printed.

    Args:
        words: the command.
        missing: what to do where there is no such program here.
        stdin: what it reads.
        cwd: where it runs.
        environment: added to this process's.

    Raises:
        EngineError: there is no such program, it cannot be started, or it failed.
        Unfinished: it did not end.
    """
    if shutil.which(words[0]) is None:
        raise EngineError(f"There is no command {words[0]} here.", missing)
    try:
        done = subprocess.run(  # noqa: S603  never through a shell
            words,
            input=stdin,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfinished(f"{words[0]} did not end within {PATIENCE_SECONDS:.0f} s.", "Try it by hand.") from None
    except OSError as error:  # the folder is not there, the environment is too large
        raise EngineError(f"{words[0]} cannot be started: {error}.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").replace("\n", "\n  ")
        raise EngineError(f"{words[0]} failed with exit code {done.returncode} and said:\n  {said}")
    return done.stdout
