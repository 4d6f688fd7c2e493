"""Which paths files of runs and artifacts may have. They are names only: no path becomes one of the server's disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from besom.protocol import FileEntry
from besom.server.services.blobs import check_digest
from besom.server.services.refusals import Invalid

LONGEST_PATH = 1000
"""Bytes of UTF-8."""
_LARGEST_SIZE = 2**63 - 1
_KEPT_AS = 200
"""Characters at the end of a name by which a browser keeps a file: more make an address too long for object stores."""


def check_entry(file: FileEntry) -> FileEntry:
    """``file``, when its path, digest and size can be used.

    Raises:
        Invalid: one of them cannot; names the file and the rule.
    """
    check_path(file.path)
    check_digest(file.digest)
    if not 0 <= file.size <= _LARGEST_SIZE:
        raise Invalid("bad_size", f"The file {file.path} cannot have {file.size} bytes.", field="size")
    return file


def check_path(path: str) -> str:
    """``path``, when a file can have it.

    Raises:
        Invalid: it cannot; names the path and the rule.
    """
    if broken := _problem(path):
        shown = path if len(path) <= 80 else path[:79] + "…"
        raise Invalid(
            "bad_path", f"The file path {shown!r} {broken}.", "Write, for example, media/plot.png.", field="path"
        )
    return path


def saved_as(path: str) -> str:
    """The header ``Content-Disposition`` with which a browser saves a file, under its name."""
    return f"attachment; filename*=UTF-8''{quote(PurePosixPath(path).name[-_KEPT_AS:], safe='')}"


def _problem(path: str) -> str | None:
    if not path:
        return "is empty"
    if len(path.encode(errors="replace")) > LONGEST_PATH:
        return f"is longer than {LONGEST_PATH} bytes"
    if "\\" in path:
        return "has a backslash; its parts are separated by forward slashes"
    if not path.isprintable():
        return "contains a character that cannot be printed"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "has a part that is empty, '.' or '..'"
    return None
