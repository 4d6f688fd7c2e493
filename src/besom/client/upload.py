"""Adds a file to a run from outside its program."""

from __future__ import annotations

from pathlib import Path

from besom.client import blobs
from besom.client.connection import Connection, segment
from besom.client.files import File
from besom.errors import UsageError
from besom.protocol import FileEntry, RunFile


def upload_run_file(
    connection: Connection, project_route: str, run_id: str, path: str | Path, root: str | Path
) -> File:
    """Sends the file's bytes, then names it as the run's, under its path below ``root``.

    Raises:
        UsageError: there is no such file, or it lies outside of ``root``.
        ApiError: the server refuses it, e.g. because it is too large.
    """
    folder = Path(root).absolute()
    file = (folder / path).resolve()
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", "Its path begins at root: the working directory, unless given.")
    if not file.is_relative_to(folder.resolve()):
        raise UsageError(f"{path} lies outside of {root}.", "Name a folder above the file as root.")
    return send_run_file(connection, project_route, run_id, file.relative_to(folder.resolve()).as_posix(), file)


def send_run_file(connection: Connection, project_route: str, run_id: str, name: str, file: Path) -> File:
    """Sends a file's bytes where the server lacks them, then names it as the run's. Again is harmless.

    Raises:
        ApiError: the server refuses it.
        OSError: it cannot be read.
    """
    digest = blobs.digest_of(file)
    entry = FileEntry(path=name, digest=digest, size=file.stat().st_size)
    if blobs.missing(connection, project_route, [digest]):
        blobs.put(connection, project_route, digest, file)
    connection.request("POST", f"{project_route}/runs/{segment(run_id)}/files", body=entry, reply=RunFile)
    return File(connection, project_route, entry.path, digest, entry.size)
