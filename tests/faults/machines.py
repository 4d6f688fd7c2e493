"""Machines with cables that can be pulled: network namespaces on one switch. And a world for all of a storm.

No proxy can do what a pulled cable does. Nobody refuses and nobody hangs up: what is sent is lost in silence, and when
the cable is back, each end has its own belief about which connections there are.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_INSIDE = "BESOM_FAULTS_INSIDE"
_BITS = 16
"""Of a machine's own in its address: a large storm has more than 253 of them."""
_APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_FIRST = ("sh", "-c", '"$@"; exit $?', "sh")
"""The first process there takes in orphans, and buries them while it waits for its own child."""
_SLEEP = ("setpriv", "--pdeathsig=KILL", "unshare", "--net", "sh", "-c", "echo; exec sleep infinity")


def available() -> bool:
    """Whether this user may make namespaces here."""
    if os.geteuid() != 0 or not all(shutil.which(program) for program in ("unshare", "nsenter", "ip", "setpriv")):
        return False
    try_it = [*_APART, "--net", "ip", "link", "add", "name", "probe", "type", "bridge"]
    return subprocess.run(try_it, capture_output=True, check=False).returncode == 0


def apart(script: Path, arguments: Sequence[str], *, network: bool = False) -> list[str]:
    """What runs a script among processes and mounts of its own: however the script ends, or whoever runs it is killed,
    the kernel ends and unmounts all that it has left. With ``network`` only its own machines can be reached there."""
    own = ["--net"] if network else []
    return [*_APART, *own, *_FIRST, "env", f"{_INSIDE}=1", sys.executable, str(script), *arguments]


def is_apart() -> bool:
    """Whether this process was started by ``apart``."""
    return _INSIDE in os.environ


class Machine:
    """A network namespace, which lives as long as the process in it that only sleeps."""

    def __init__(self, number: int) -> None:
        self.address = _address(number)
        self._cable = f"cable{number}"
        self._sleeper = subprocess.Popen(_SLEEP, stdout=subprocess.PIPE)
        assert self._sleeper.stdout is not None
        self._sleeper.stdout.readline()  # it is in its namespace now
        self.words = ("nsenter", f"--net=/proc/{self._sleeper.pid}/ns/net")
        """Before a command, they run it there, as the same process."""
        _ip(f"link add {self._cable} type veth peer name eth0 netns {self._sleeper.pid}")
        _ip(f"link set {self._cable} master switch up")
        for what in ("link set lo up", f"addr add {self.address}/{_BITS} dev eth0", "link set eth0 up"):
            _ip(what, self.words)

    def pull(self) -> None:
        """Takes its cable out of the switch."""
        _ip(f"link set {self._cable} down")

    def plug(self) -> None:
        """Puts the cable in again."""
        _ip(f"link set {self._cable} up")

    def end(self) -> None:
        """Takes it away."""
        self._sleeper.kill()
        self._sleeper.wait()


def _address(number: int) -> str:
    return f"10.213.{number // 256}.{number % 256}"


class Switch:
    """Where the machines are plugged in. This process is at ``address``, and has no cable."""

    def __init__(self) -> None:
        self.address = _address(1)
        self.machines: list[Machine] = []
        for what in (
            "link set lo up",
            "link add name switch type bridge",
            f"addr add {self.address}/{_BITS} dev switch",
            "link set switch up",
        ):
            _ip(what)

    def machine(self) -> Machine:
        """One more."""
        self.machines.append(Machine(len(self.machines) + 2))
        return self.machines[-1]


@contextlib.contextmanager
def switch() -> Iterator[Switch]:
    """A switch without machines; those that it gets end with the block."""
    made = Switch()
    try:
        yield made
    finally:
        for machine in made.machines:
            machine.end()


def _ip(what: str, before: Sequence[str] = ()) -> None:
    subprocess.run([*before, "ip", *what.split()], check=True)
