"""What is asked of an engine: so many agents for a sweep, and what each of them gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from besom.errors import UsageError

HIDDEN = "***"
"""Stands for each secret wherever somebody can read along."""
MOST_AGENTS = 10_000
_UNITS = {"M": 1, "G": 1024, "T": 1024 * 1024}
_TIME = re.compile(r"(?:(?P<days>\d+)-)?(?P<parts>\d+(?::\d+){0,2})")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Agents for a sweep. Checked when it is made; raises UsageError for what makes no sense."""

    id: str
    """Of the launch; names what the engine gets to see."""
    sweep: str
    """ENTITY/PROJECT/ID."""
    url: str
    """Of the server, as the agents' machines reach it."""
    key: str = field(repr=False)
    besom: tuple[str, ...] = ("besom",)
    """The words that start besom on the agents' machines."""
    folder: str | None = None
    """Where agents and programs work; None: where the engine starts them."""
    agents: int = 1
    at_once: int | None = None
    """Most agents at a time; None: all of them."""
    one_run: bool = False
    """Whether each agent makes one run, instead of working until the sweep ends."""
    slots: int | None = None
    gpus: str | None = None
    """As in ``besom agent --gpus``; engines that hand out GPUs take a number only."""
    gpus_per_run: int | None = None
    cpus: int | None = None
    """Processors of each agent."""
    memory: int | None = None
    """Of each agent, in MiB."""
    seconds: int | None = None
    """From the beginning of the first agent to the end of all, for engines that can end them then."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Added to the agents' environment; treated like the key, for tokens are often among them."""

    def __post_init__(self) -> None:
        if not 1 <= self.agents <= MOST_AGENTS:
            raise UsageError(f"{self.agents} agents are asked for.", f"Ask for 1 to {MOST_AGENTS:,}.")
        if self.at_once is not None and not 1 <= self.at_once <= self.agents:
            raise UsageError(
                f"{self.at_once} of {self.agents} agents cannot be at work at once.",
                f"Give --at-once a number from 1 to {self.agents}, or ask for more --agents.",
            )
        if self.gpus_per_run is not None and self.gpus is None:
            raise UsageError("--gpus-per-run is given without --gpus.", "Say with --gpus which GPUs an agent has.")
        for name in self.variables:
            if name in ("BESOM_API_KEY", "BESOM_BASE_URL", "BESOM_LAUNCH"):
                raise UsageError(
                    f"--env sets {name}.",
                    "A launch does so itself: its agents get a key of their own; where the server is, says --server.",
                )

    def gpu_count(self) -> int:
        """GPUs of each agent, for engines that hand them out; 0 for none.

        Raises:
            UsageError: it is no number: there are ids, or ``all``.
        """
        if self.gpus is None:
            return 0
        if not self.gpus.isdecimal() or int(self.gpus) == 0:
            raise UsageError(
                f"--gpus is {self.gpus!r}, but this engine hands out GPUs itself.",
                "Say how many an agent gets, for example --gpus 2.",
            )
        return int(self.gpus)

    def command(self, gpus: str | None) -> list[str]:
        """The words that start an agent, which finds server and key in its environment.

        Args:
            gpus: what it is told of its GPUs.
        """
        options = {
            "--count": 1 if self.one_run else None,
            "--slots": self.slots,
            "--gpus": gpus,
            "--gpus-per-run": self.gpus_per_run,
        }
        given = [word for name, value in options.items() if value is not None for word in (name, str(value))]
        return [*self.besom, "agent", *given, self.sweep]

    def secrets(self, *, hidden: bool = False) -> dict[str, str]:
        """The key and the user's variables, by their names in the agents' environment.

        Args:
            hidden: for people's eyes: the names alone tell something.
        """
        values = {**self.variables, "BESOM_API_KEY": self.key}
        return dict.fromkeys(values, HIDDEN) if hidden else values

    def environment(self, *, hidden: bool = False) -> dict[str, str]:
        """All that the agents find in their environment; ``hidden`` as in ``secrets``."""
        return {"BESOM_LAUNCH": self.id, "BESOM_BASE_URL": self.url, **self.secrets(hidden=hidden)}


def read_memory(text: str) -> int:
    """``16G``, ``500M`` or ``1T`` in MiB.

    Raises:
        UsageError: it is something else.
    """
    found = re.fullmatch(r"(\d+)([MGT])(?:i?B?)", text.strip(), re.IGNORECASE)
    if found is None or int(found[1]) == 0:
        raise UsageError(f"--memory is {text!r}.", "Give a whole number and its unit, for example 500M or 16G.")
    return int(found[1]) * _UNITS[found[2].upper()]


def read_time(text: str) -> int | None:
    """Seconds of a time as Slurm reads it: minutes, with seconds, hours or days where it says so; None for no end, and
    for what only Slurm may understand."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) for part in found["parts"].split(":")]
    if found["days"] is not None:
        hours, minutes, seconds = (*parts, 0, 0)[:3]
        hours += 24 * int(found["days"])
    elif len(parts) == 3:
        hours, minutes, seconds = parts
    else:
        hours, (minutes, seconds) = 0, (*parts, 0)[:2]
    return 3600 * hours + 60 * minutes + seconds or None


def read_variables(texts: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """``NAME=VALUE`` as it stands, ``NAME`` with the value that it has in ``environ``.

    Raises:
        UsageError: there is no such variable, or its name has another shape.
    """
    variables = {}
    for text in texts:
        name, given, value = text.partition("=")
        if not _VARIABLE.fullmatch(name):
            raise UsageError(f"--env is {text!r}.", "Give it as NAME=VALUE, or as NAME for the value that it has here.")
        if not given and name not in environ:
            raise UsageError(
                f"--env names {name}, which is not set here.", f"Set it, or give it as --env {name}=VALUE."
            )
        variables[name] = value if given else environ[name]
    return variables


def is_loopback(url_or_host: str) -> bool:
    """Whether an address means the machine itself, to whoever uses it."""
    host = urlsplit(url_or_host).hostname if "://" in url_or_host else url_or_host
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_loopback(url: str) -> None:
    """Raises UsageError for the address of a server that the agents' machines cannot reach."""
    if is_loopback(url):
        raise UsageError(
            f"The server is at {url}, an address that means another machine to each of your machines.",
            "Start one that they can reach: besom server --host 0.0.0.0, then besom login --host http://NAME:PORT. If"
            " it can be reached already, say where: --server http://NAME:PORT",
        )
