"""The numbers at which a server begins to refuse. They are far above what a thousand agents need."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from besom.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything a server takes on. Requests that are less urgent are refused at a part of each number."""

    requests: int = 4000
    """Reports, uploads and reads at the same time; what agents live from is not counted."""
    writes: int = 8000
    """Works that wait for the one thread that writes."""
    megabytes: int = 1024
    """Bodies that are held in memory at the same time."""
    rate: int = 2000
    """Requests a second with one key, or without a known key from one address."""
    guesses: int = 10
    """Keys and sessions that nobody has, a second from one address; beyond that, only known ones get in from there."""
    streams: int = 200
    """Event streams at the same time that come by one link."""
    connections: int = 20_000
    """Open connections, if the operating system allows the process so many files."""
    head_seconds: int = 20
    """How long a client may take to send the head of a request."""
    stall_seconds: int = 60
    """How long a client may go without sending or reading a kilobyte, where it is its turn."""


_NAMES = {field.name: field.default for field in dataclasses.fields(Limits)}


def read_limits(said: Iterable[str]) -> Limits:
    """Limits from settings such as ``rate=500``; the others have their defaults.

    Raises:
        SettingsError: names the setting that cannot be used.
    """
    values: dict[str, int] = {}
    for setting in said:
        name, _, number = setting.partition("=")
        if name not in _NAMES:
            raise SettingsError(f"There is no limit {name!r}.", f"The limits are: {', '.join(_NAMES)}.")
        if not (number.isascii() and number.isdigit()) or not 0 < int(number[:10]) < 2**31:
            raise SettingsError(
                f"The limit {name} must be a whole number above 0, not {number!r}.", f"e.g. {name}={_NAMES[name]}"
            )
        values[name] = int(number)
    return Limits(**values)
