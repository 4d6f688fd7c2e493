"""Files of runs, and the blobs that hold their bytes and those of artifacts.

A blob is known by the SHA-256 of its bytes (64 hexadecimal digits) and belongs to a project.
"""

from __future__ import annotations

from besom.protocol.base import Message


class FileEntry(Message, kw_only=True):
    """A name for some bytes."""

    path: str
    """Relative, with forward slashes."""
    digest: str
    size: int


class CodeSnapshot(Message, kw_only=True):
    """The source files that a sweep was created with."""

    files: list[FileEntry]
    frozen: bool = False
    """Whether agents run these files (their bytes are blobs of the project) or those that they find."""


class Blobs(Message, kw_only=True):
    """Asks which of these the project lacks; the answer names those."""

    digests: list[str]


class UploadAddress(Message, kw_only=True):
    """Where bytes can be sent past the server: a PUT with just these headers, begun within a quarter of an hour."""

    url: str | None = None
    """None: send them to the server."""
    headers: dict[str, str] = {}
    present: bool = False
    """The project has them already."""


class RunFile(Message, kw_only=True):
    """A file of a run."""

    path: str
    digest: str
    size: int
    created: float
    present: bool
    """Whether its bytes have arrived."""


class FilePage(Message, kw_only=True):
    """The files of a run, by path."""

    files: list[RunFile]
