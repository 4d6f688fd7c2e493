"""Files that lie on the server: those of a run, and those of an artifact."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TextIO

from besom.client import blobs
from besom.client.connection import Connection
from besom.errors import CommError, UsageError


class File:
    """A file of a run or of an artifact."""

    def __init__(self, connection: Connection, project_route: str, path: str, digest: str, size: int) -> None:
        self._connection = connection
        self._project_route = project_route
        self.name = path
        """Its path, with forward slashes."""
        self.digest = digest
        """SHA-256 of its bytes."""
        self.size = size
        """In bytes."""

    def download(self, root: str | Path = ".", replace: bool = False, exist_ok: bool = False) -> TextIO:
        """Puts the file below ``root``, under its own path; returns it, open for reading.

        Args:
            root: Folder; made when missing.
            replace: Replace another file that is there.
            exist_ok: Leave another file that is there, and open that.

        Raises:
            UsageError: another file is there, or a link that leads out of ``root``.
            CommError: its bytes have not arrived at the server yet, or it does not answer.
        """
        target = place(Path(root), self.name)
        if target.is_file() and not replace and blobs.digest_of(target) != self.digest and not exist_ok:
            raise UsageError(f"{target} exists and is another file.", "Pass replace=True, or another root.")
        if replace or not target.is_file():
            self.fetch(target)
        return target.open(encoding="utf-8", errors="replace")

    def fetch(self, target: Path) -> None:
        """Makes ``target`` hold its bytes; see ``blobs.fetch``."""
        blobs.fetch(self._connection, self._project_route, self.digest, target, self.size)

    def read_bytes(self) -> bytes:
        """Its bytes."""
        return self._connection.exchange("GET", f"{self._project_route}/blobs/{self.digest}")

    def __repr__(self) -> str:
        return f"<File {self.name} ({self.size} bytes)>"


def place(root: Path, path: str) -> Path:
    """Where a file with that path lies below ``root``, which may be a link itself.

    Raises:
        CommError: the path, which comes from elsewhere, leads out of it.
        UsageError: a link among the folders that are there does.
    """
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or not pure.parts:
        raise CommError(f"The server names a file {path!r}, which leads out of its folder.")
    target = root.joinpath(*pure.parts)
    try:
        is_inside = target.parent.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links that lead to each other; Python 3.13 has an OSError for it
        is_inside = False
    if not is_inside:
        raise UsageError(f"{target.parent} leads out of {root} by a link.", "Remove the link, or pass another root.")
    return target
