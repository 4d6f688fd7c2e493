"""File systems that machines share, as far as their locks go: ``flock`` does here what it does there."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import Any

import pytest

LOCAL = "a disk of its own"
NFS = "NFS"
CIFS = "CIFS"
EACH_ITS_OWN = "each machine has locks of its own"
NONE = "no locks"
KINDS = (LOCAL, NFS, CIFS, EACH_ITS_OWN, NONE)

_flock = fcntl.flock


def mount(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on files seem to lie on one of ``KINDS``, and to be looked at from another machine than they are written
    on."""

    def flock(file: Any, operation: int) -> None:
        number = file if isinstance(file, int) else file.fileno()
        reads = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        if kind == NONE:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))  # Lustre
        if kind == EACH_ITS_OWN:  # BeeGFS, NFS with local_lock, Lustre with localflock: nobody here has one
            return
        if kind in (NFS, CIFS) and operation & fcntl.LOCK_EX and reads:  # flock(2), "NFS details"
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            _flock(file, operation)
        except BlockingIOError:
            raise OSError(errno.EACCES if kind == CIFS else errno.EAGAIN, "held") from None

    monkeypatch.setattr(fcntl, "flock", flock)
