"""Whether the process that writes a spool is at work, as far as can be told from here.

It holds a lock on its file, and a lock ends with its process. On a disk of this machine that says all. On one that
several machines share it depends: locks may reach across them (NFS, CephFS, Lustre with ``flock``), may be each
machine's own (BeeGFS, ``local_lock``, ``localflock``), or there may be none. Nothing tells which, so of a process of
another machine a lock that is held says that it lives, and one that is free says nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from besom.protocol import InitRecord

Life = Literal["alive", "ended", "unknown"]

_END = b'{"type":"exit"'
_TAIL = 4096
"""Bytes; the last record of a program is shorter."""


@contextlib.contextmanager
def owned(path: Path, first: InitRecord) -> Iterator[Life]:
    """Holds the lock of a spool, where it can be had; yields what has become of its process.

    Args:
        path: of the spool.
        first: its first record, which names the machine.
    """
    try:  # NFS gives an exclusive lock to those alone who may write: flock(2)
        file = os.open(path, os.O_RDWR)
    except OSError:  # somebody else's, or on a disk that is only read
        file = os.open(path, os.O_RDONLY)
    try:
        is_free = True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield "alive"
            return
        except OSError:  # a file system without locks
            is_free = False
        is_here = first.run.host in (None, socket.gethostname())
        yield "ended" if (is_free and is_here) or _says_end(path) else "unknown"
    finally:
        os.close(file)


def life(path: Path, first: InitRecord) -> Life:
    """What has become of the process of a spool."""
    with owned(path, first) as found:
        return found


def _says_end(path: Path) -> bool:
    """Whether the last whole record is that of an end."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        lines = file.read().split(b"\n")[:-1]
    return bool(lines) and lines[-1].startswith(_END)
