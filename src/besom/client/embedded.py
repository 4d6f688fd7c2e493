"""The embedded server: found, started when there is none, stopped. One per ``BESOM_HOME``, shared by all programs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from besom import private_file, server_file
from besom.client.connection import Connection
from besom.errors import CommError, ServerUnreachable
from besom.protocol import Viewer

START_SECONDS = 60.0
SMALLEST_DISK = 1024 * 1024
"""Free bytes below which a new server has no room even to say what is wrong."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server."""

    url: str
    pid: int
    key: str
    entity: str = ""
    """Of the key's owner, if the server was asked."""


def find(home: Path) -> EmbeddedServer | None:
    """The embedded server of this home, if one answers on this machine.

    Its key goes to no other process: the address of one that is gone, or is on another machine, may be a stranger's.
    """
    server = _living(home)
    if server is None:
        return None
    try:
        viewer = Connection(server.url, server.key).request("GET", "/viewer", reply=Viewer)
    except CommError:
        return None
    return replace(server, entity=viewer.entity)


def elsewhere(home: Path) -> str | None:
    """The name of the machine that the embedded server of this home is on, if that is another one."""
    place = server_file.read(home)
    return place.host if place is not None and place.is_elsewhere else None


def process(home: Path) -> int | None:
    """The process of this home's embedded server where it surely lives on this machine, whether it answers or not."""
    place = server_file.read(home)
    return place.pid if place is not None and place.began is not None and place.lives else None


def address(home: Path, key: str | None) -> str | None:
    """Where the embedded server of this home is, if it lives on this machine and that is its key."""
    server = _living(home)
    return server.url if server is not None and server.key == key else None


def is_at(home: Path, url: str, key: str | None) -> bool:
    """Whether the embedded server of this home was last there, on this machine, and that is its key."""
    place = server_file.read(home)
    return place is not None and not place.is_elsewhere and (place.url, _key(home)) == (url, key)


def _living(home: Path) -> EmbeddedServer | None:
    place, key = server_file.read(home), _key(home)
    return EmbeddedServer(place.url, place.pid, key) if place is not None and key and place.lives else None


def _key(home: Path) -> str | None:
    try:
        return (home / "key").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None


def start(home: Path, say: Callable[[str], None]) -> EmbeddedServer:
    """The embedded server of this home, started if none answers; says so in one line.

    Raises:
        CommError: it cannot be started; names the log. Or it is on another machine, or lives and does not answer.
    """
    silent = process(home)
    if running := find(home):
        return running
    if silent is not None and silent == process(home):  # it has the data: another one could not start
        raise ServerUnreachable(
            f"The embedded server (process {silent}) does not answer.",
            f"Its log is {home / 'server.log'}. To end it: besom server stop. The next command starts it again.",
        )
    with _only_starter(home):
        if running := find(home):  # somebody else was faster
            return running
        _refuse_elsewhere(home)
        log = home / "server.log"
        server = _wait(home, _spawn(home, log), log)
    say(f"Started the embedded server at {server.url}. Stop it with: besom server stop")
    return server


def stop(home: Path, patience: float = 60.0) -> EmbeddedServer | None:
    """Stops the embedded server of this home; returns it, or None when none was running.

    Raises:
        CommError: it does not end, or is on another machine.
    """
    server, place = _living(home) if process(home) else find(home), server_file.read(home)
    if server is None or place is None:
        _refuse_elsewhere(home)
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while place.lives:  # not only silent: until then it holds its data
        if time.monotonic() > deadline:
            raise CommError(f"The embedded server (process {server.pid}) did not stop within {patience:.0f} s.")
        time.sleep(0.05)
    return server


def _refuse_elsewhere(home: Path) -> None:
    """Raises CommError where the home's server may be at work out of reach: there is to be no second one."""
    place, file = server_file.read(home), home / server_file.NAME
    if place is None:
        return
    if place.is_elsewhere:
        raise CommError(
            f"The embedded server of {home} is on {place.host}, and only programs there can use it.",
            "For several machines, run `besom server --host 0.0.0.0` on one that stays up, and then "
            f"`besom login --host http://THAT-ONE:7878`. If {place.host} is gone for good, delete {file}",
        )
    if place.host is None and server_file.is_own(place.pid):
        raise CommError(
            f"An older besom has started an embedded server for {home}, and did not note on which machine.",
            f"If it is process {place.pid} of this one, end that. If it is gone, delete {file}",
        )


@contextlib.contextmanager
def _only_starter(home: Path) -> Iterator[None]:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(home / "start.lock", "w", opener=private_file.opener)  # noqa: SIM115  closed below
    except OSError as error:
        raise CommError(f"{home} cannot be used: {error.strerror}.", "Set BESOM_HOME to a folder of yours.") from None
    with file:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _spawn(home: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "besom.server", "--embedded", str(home)]
    with open(log, "ab", opener=private_file.opener) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # it outlives this program and its terminal
            cwd=home,
            env={key: value for key, value in os.environ.items() if not key.startswith(("BESOM_", "WANDB_"))},
        )


def _wait(home: Path, process: subprocess.Popen[bytes], log: Path) -> EmbeddedServer:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server := find(home):
            return server
        if process.poll() is not None:
            break
        time.sleep(0.03)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    why = lines[-1] if lines else "it said nothing"
    if shutil.disk_usage(home).free < SMALLEST_DISK:
        why = f"the disk of {home} is full."
    if "No module named" in why:
        raise CommError("The embedded server needs more packages.", "Install them with: pip install 'besom[server]'")
    raise ServerUnreachable(f"The embedded server did not start: {why}", f"Its log is {log}.")
