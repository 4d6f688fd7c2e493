"""``server.json``: where the server of a folder is, and which process of which machine it is.

The file outlives a server that is killed, and in a home that machines share it is seen by all of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from besom.private_file import write_private

NAME = "server.json"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Place:
    """What a server has said of itself."""

    url: str
    pid: int
    host: str | None = None
    """The name of its machine; None where an older besom wrote it."""
    began: str | None = None
    """As ``began`` says of its process."""

    @property
    def lives(self) -> bool:
        """Whether that very process lives, on this machine. Then it has its port, and no stranger listens there."""
        if self.host is None:
            return False
        if self.began is None:  # a system that does not tell
            return self.host == socket.gethostname() and is_own(self.pid)
        return self.began == began(self.pid)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is, or was, on another machine, whose processes and ports are not seen from here."""
        if self.host in (None, socket.gethostname()):
            return False
        return self.began is None or self.began.partition("/")[0] != _boot()  # machines get new names


def read(folder: Path) -> Place | None:
    """What the server that was started last in a folder has said; None where there is nothing to be read."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Place(str(said["url"]), int(said["pid"]), said.get("host"), said.get("began"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(folder: Path, url: str, version: str) -> None:
    """Says that this process serves a folder at ``url``."""
    pid = os.getpid()
    said = {"url": url, "pid": pid, "version": version, "host": socket.gethostname(), "began": began(pid)}
    write_private(folder / NAME, json.dumps(said) + "\n")


def forget(folder: Path) -> None:
    """Removes what this process has said, unless another server has done so since."""
    place = read(folder)
    if place is not None and place.pid == os.getpid() and place.lives:
        with contextlib.suppress(FileNotFoundError):
            (folder / NAME).unlink()


def is_own(pid: int) -> bool:
    """Whether a process of this number lives here, and is this user's."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def began(pid: int) -> str | None:
    """Which boot of which machine a living process is of, and the tick when it began: no other process has both.

    None where there is none (one that has ended, and that nobody has asked for its exit code, is none), and on systems
    that do not tell, as only Linux does.
    """
    try:
        said = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    state, *fields = said.rpartition(b")")[2].decode("ascii").split()  # before it stands a name, of any bytes
    return None if state in ("Z", "X") else f"{_boot()}/{fields[18]}"


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
