"""The source files of a sweep's program: which they are, and how they get to the server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from besom.client import blobs
from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.errors import UsageError
from besom.protocol import CodeSnapshot, FileEntry

SOURCE_SUFFIXES = frozenset(
    {".py", ".pyx", ".ipynb", ".sh", ".jl", ".r", ".lua", ".yaml", ".yml", ".toml", ".json", ".cfg", ".ini"}
)
LARGEST_FILE = 1 << 20
"""Bytes; larger files of these kinds are data."""
MOST_FILES = 2000
_OTHERS = frozenset({"__pycache__", "node_modules", "site-packages", "besom", "wandb"})
"""Folders that hold no source of the user's. The last two are run folders, unless there is a package of that name."""


def snapshot(root: Path, program: str | None, *, frozen: bool = False) -> CodeSnapshot:
    """The program and the source files below its folder, as they are now.

    Paths are relative to ``root``, the folder in which the sweep is created and from which agents run the program.
    Left out are hidden folders, virtual environments, run folders, links to folders and files above ``LARGEST_FILE``.

    Args:
        root: the folder that ``program`` is relative to.
        program: what the sweep runs; None, or a file that is not there, gives an empty snapshot.
        frozen: whether agents are to run these files.

    Raises:
        UsageError: ``frozen``, and there is no such program below ``root``, or there are more than ``MOST_FILES``.
    """
    root = root.absolute()
    main = _inside(root, program)
    if main is None:
        if frozen:
            raise UsageError(
                f"The code cannot be frozen: {program or 'the program'} is no file below {root}.",
                "Name the program in the configuration, and create the sweep in a folder above it.",
            )
        return CodeSnapshot(files=[])
    folder = main.parent
    paths = {main, *islice(_sources(folder), MOST_FILES + 1)}
    if len(paths) > MOST_FILES:
        if frozen:
            raise UsageError(
                f"The code cannot be frozen: there are more than {MOST_FILES} source files below {folder}.",
                "Put the program into a folder with only what it needs.",
            )
        paths = {main}  # somebody's whole home: of such a folder only the program itself is watched
    files = [_entry(root, path) for path in sorted(paths)]
    return CodeSnapshot(files=[entry for entry in files if entry is not None], frozen=frozen)


def upload(connection: Connection, entity: str, project: str, root: Path, code: CodeSnapshot) -> None:
    """Sends the bytes of those files that the project lacks.

    Raises:
        UsageError: a file can no longer be read.
        CommError: the server is away or refuses, e.g. a file that has changed since the snapshot was made.
    """
    route = project_route(entity, project)
    missing = blobs.missing(connection, route, [file.digest for file in code.files])
    for file in code.files:
        if file.digest not in missing:
            continue
        try:
            blobs.put(connection, route, file.digest, root / file.path)
        except OSError as error:
            raise UsageError(f"{file.path} cannot be sent: {error.strerror}.", "Try again.") from None
        missing.discard(file.digest)


def _inside(root: Path, program: str | None) -> Path | None:
    """The program's file, below ``root``; None where there is none."""
    if program is None:
        return None
    path = Path(os.path.normpath(root / program))
    return path if path.is_file() and path.is_relative_to(root) else None


def _sources(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_source(Path(where, name)))
        for name in sorted(names):
            path = Path(where, name)
            if path.suffix.lower() in SOURCE_SUFFIXES and not name.startswith("."):
                yield path


def _is_source(folder: Path) -> bool:
    if folder.name.startswith(".") or (folder / "pyvenv.cfg").exists():
        return False
    return folder.name not in _OTHERS or (folder / "__init__.py").exists()


def _entry(root: Path, path: Path) -> FileEntry | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        digest, size = blobs.digest_of(path), path.stat().st_size
        name = path.relative_to(root).as_posix()
        name.encode()
    except OSError:  # gone, not ours to read, or a dangling link: the program cannot use it either
        return None
    except UnicodeEncodeError:  # its name is not UTF-8, and cannot be told
        return None
    return FileEntry(path=name, digest=digest, size=size)
