"""A project of a W&B server, read by W&B's own client in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from besom.errors import CommError, UsageError
from besom.importing import wandb_export
from besom.importing.wandb_run import FoundRun
from besom.protocol.foreign import read_foreign


class WandbProject:
    """A process that reads. Iterating gives the runs, the oldest first; a run's files are there until the next one."""

    def __init__(self, path: str, python: str, environ: Mapping[str, str], *, files: bool) -> None:
        """Asks for the project.

        Args:
            path: ENTITY/PROJECT, or PROJECT of the key's owner.
            python: an interpreter that has W&B's client.
            environ: says which server, and with which key, as for any program that uses W&B.
            files: whether to fetch files.

        Raises:
            UsageError: the interpreter does not have the client.
            CommError: the client cannot read the project; says what it said.
        """
        self.sweeps: dict[str, dict[str, Any]] = {}
        """By id: name, state and configuration. Complete when the first run is there."""
        self._path, self._python = path, python
        self._folder = Path(tempfile.mkdtemp(prefix="besom-import-"))
        command = [python, wandb_export.__file__, path, str(self._folder), *([] if files else ["--no-files"])]
        own = {"WANDB_SILENT": "true", "WANDB_CACHE_DIR": str(self._folder / "cache")}
        try:
            self._process = subprocess.Popen(
                command, env={**environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
            )
        except OSError as error:
            shutil.rmtree(self._folder)
            raise UsageError(f"{python} cannot be started: {error.strerror}.", "Name another one: --python") from None
        self._lines = self._read()
        try:
            self.total: int = next(self._lines)["total"]
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> WandbProject:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[FoundRun]:
        run: FoundRun | None = None
        for said in self._lines:
            if "sweep" in said:
                self.sweeps[said["sweep"]["id"]] = said["sweep"]
            elif "run" in said:
                run = FoundRun(said["run"])
                if not run.is_over:
                    yield run
            elif run is not None and "end" in said:
                yield run
                shutil.rmtree(said["end"], ignore_errors=True)
            elif run is not None:
                run.take(said)

    def close(self) -> None:
        """Ends the process and removes what it fetched."""
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> Iterator[dict[str, Any]]:
        for line in self._process.stdout or ():
            if not line.endswith("\n"):  # it was killed
                break
            said: dict[str, Any] = read_foreign(line)
            if "missing" in said:
                raise UsageError(
                    f"{self._python} has no package {said['missing']}, and W&B's client is what reads from there.",
                    "Install it (pip install wandb), or name a Python that has it: --python PATH",
                )
            if "error" in said:
                raise CommError(
                    f"W&B's client cannot read {self._path}: {said['error']}",
                    "WANDB_BASE_URL and WANDB_API_KEY say which server it asks, and with which key.",
                )
            yield said
        if code := self._process.wait():
            raise CommError(f"W&B's client ended while it read {self._path}, with exit code {code}.")
