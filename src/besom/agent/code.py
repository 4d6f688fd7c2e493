"""The code that a sweep was created with: run as it was, or compared with what is here."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from besom.agent import environment
from besom.client import blobs
from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.errors import CommError, UsageError
from besom.protocol import CodeSnapshot, Sweep


class Watch:
    """Tells when files differ from those that the sweep was created with, each change once."""

    def __init__(self, code: CodeSnapshot, root: Path) -> None:
        """``root``: the folder in which the programs run."""
        self._expected = {file.path: file.digest for file in code.files}
        self._root = root
        self._seen: dict[str, tuple[tuple[int, int], str]] = {}
        """By path: a file's time and size, and its digest; to read only what changed."""
        self._told: dict[str, str] = {}

    def changes(self) -> list[str]:
        """Files that are gone or different, if one of them is news."""
        now = {path: self._digest(path) for path in self._expected}
        different = {path: digest for path, digest in now.items() if digest != self._expected[path]}
        news = different.items() - self._told.items()
        self._told = different
        return sorted(different) if news else []

    def _digest(self, path: str) -> str:
        file = self._root / path
        try:
            status = file.stat()
            mark = (status.st_mtime_ns, status.st_size)
            if path not in self._seen or self._seen[path][0] != mark:
                self._seen[path] = (mark, blobs.digest_of(file))
        except OSError:
            return ""
        return self._seen[path][1]


def fetch(code: CodeSnapshot, sweep: Sweep, connection: Connection, folder: Path) -> Path:
    """Makes the sweep's frozen files available below ``folder``; returns where. What is there and whole is kept.

    Agents may do so at the same time, also on several machines that share the folder.

    Raises:
        UsageError: a path leads out of the folder.
        DiskFull, SettingsError: the folder has no room, or cannot be written.
        CommError: the server is away, or lacks a file.
    """
    identity = hashlib.sha256("".join(f"{file.path}\0{file.digest}\0" for file in code.files).encode())
    root = folder / f"code-{identity.hexdigest()[:16]}"
    for file in code.files:
        if not Path(os.path.normpath(root / file.path)).is_relative_to(root):
            raise UsageError(f"The sweep's code has a file called {file.path!r}, which leads out of its folder.")
    try:
        if not _is_whole(code, root):
            _fetch_all(code, sweep, connection, root)
    except OSError as error:
        raise environment.unusable(root, error) from None
    return root


def _fetch_all(code: CodeSnapshot, sweep: Sweep, connection: Connection, root: Path) -> None:
    """Fetches into a folder of its own, which then takes its place at once."""
    root.parent.mkdir(parents=True, exist_ok=True)
    route = project_route(sweep.entity, sweep.project)
    with tempfile.TemporaryDirectory(prefix=f".{root.name}-", dir=root.parent, ignore_cleanup_errors=True) as name:
        new = Path(name) / "new"
        for file in code.files:
            try:
                blobs.fetch(connection, route, file.digest, new / file.path, file.size)
            except CommError as error:  # of its own kind, which tells whether it may pass
                error.message = f"{file.path}, part of the sweep's frozen code, could not be fetched: {error.message}"
                raise
        if root.exists() and not _is_whole(code, root):  # somebody has edited it
            root.rename(Path(name) / "old")
        try:
            new.rename(root)
        except OSError:
            if not _is_whole(code, root):  # else another agent was faster
                raise


def _is_whole(code: CodeSnapshot, root: Path) -> bool:
    return all(_holds(root / file.path, file.digest) for file in code.files)


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and blobs.digest_of(path) == digest


def frozen_program(code: CodeSnapshot, program: str, root: Path, here: Path) -> str:
    """The frozen copy of ``program``.

    Args:
        code: the sweep's code.
        program: as the configuration names it, relative to ``here``.
        root: where the frozen files are.
        here: the folder in which the programs run.

    Raises:
        UsageError: it is not among the files.
    """
    path = os.path.relpath(here / program, here)
    if Path(path).as_posix() not in {file.path for file in code.files}:
        raise UsageError(f"The sweep's frozen code has no file {path}.", "Create the sweep anew with --freeze-code.")
    return str(root / path)
