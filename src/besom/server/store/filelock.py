"""A lock file that the system frees by itself when its process dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from besom.server.store.errors import StoreError


class FileLock:
    """``flock`` on a file that names the process which holds it. Never deleted, so nobody locks a removed file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Takes the lock without waiting.

        Raises:
            StoreError: somebody has it, or the file system has no locks.
            OSError: the file cannot be made.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            holder = "unknown"
            with contextlib.suppress(OSError):  # CIFS lets nobody read it either
                holder = os.read(descriptor, 32).decode(errors="replace").strip() or holder
            os.close(descriptor)
            raise StoreError(
                f"Another besom server (process {holder}) uses this database: it holds {self._path}.",
                "Stop that one (the embedded one: besom server stop). A second server needs another folder: --data DIR",
            ) from None
        except OSError as error:  # some networks' disks
            os.close(descriptor)
            raise StoreError(
                f"{self._path} cannot be locked: {error.strerror}. Two servers could write into one database there.",
                "Give the server a folder on the machine's own disk: --data DIR. For the embedded one: BESOM_HOME=DIR",
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Gives the lock back; does nothing when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
