"""Files that nobody but their user may read."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def opener(path: str, flags: int) -> int:
    """For ``open``: a file that it makes is the user's alone (mode 0600)."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; from its first byte on only the user may read it (mode 0600)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
