"""Small disks that can be filled: file systems in memory, where the tests may mount them."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

_PIECE = bytes(1 << 16)


class Disk:
    """A folder with a disk of its own; one that cannot be filled where nothing may be mounted."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.can_be_filled = mounted
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Takes all room, to the last byte."""
        file = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for piece in (_PIECE, b"x"):
                with contextlib.suppress(OSError):
                    while True:
                        os.write(file, piece)
        finally:
            os.close(file)

    def free(self) -> None:
        """Gives the room back."""
        self._filler.unlink(missing_ok=True)


@contextlib.contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of that size at ``folder``, for as long as the block takes."""
    folder.mkdir(parents=True)
    try:
        asked = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "besom-faults", str(folder)]
        mounted = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        mounted = False
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
