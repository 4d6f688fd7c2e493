"""What goes wrong in a storm, and when: all of it follows from one seed, so a storm can be called up again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Blow:
    """One misfortune of the plan."""

    kind: str
    after: int
    """How many runs begin between the one before and this."""
    chance: float
    """In [0, 1): which process, which direction."""
    length: float
    """Seconds that it lasts, if it does."""


FILL_SERVER, FILL_CLIENTS = "fill the server's disk", "fill the clients' disk"
KINDS = {
    "kill a program": 5,
    "kill an agent": 5,
    "take the machine of an agent away": 2,
    "warn the programs of an agent": 2,
    "kill the server": 3,
    "kill the server before its answer is heard": 3,
    "stop a program": 2,
    "stop an agent": 2,
    "stop the server": 2,
    "part the network": 2,
    "set the server's clock": 2,
    "set the clients' clock": 2,
    FILL_SERVER: 2,
    FILL_CLIENTS: 2,
    "move the server to another port": 1,
    "start a second server on its data": 1,
    "back it up": 2,
}
"""What may happen, and how often relative to the others."""
_ALONE = (
    FILL_SERVER,
    "move the server to another port",
    "start a second server on its data",
    "back it up",
)
KINDS_OF_SEVERAL = {
    **{kind: often for kind, often in KINDS.items() if kind not in _ALONE},
    "kill the server": 35,  # half of the blows, of which a large storm has one each 2 to 3 s
    "cut a server off from the database": 3,
    "start the pooler anew": 2,
    "kill the database, and let its standby take its place": 1,
}
"""What may happen where several servers share a database; ``the server`` is one of them."""


PULLED = "pull the cable of a machine"
"""Happens only where there are machines with cables."""


def plan(
    seed: int, blows: int, between: int, lease: float, kinds: Mapping[str, int] = MappingProxyType(KINDS)
) -> Iterator[Blow]:
    """The misfortunes of a seed. Every kind comes once before any comes again by chance.

    Args:
        seed: of the storm.
        blows: how many there are.
        between: how many runs begin from one to the next, on average.
        lease: of the server, in seconds: some blows last longer, so what was taken for lost comes back.
        kinds: as ``KINDS``.
    """
    chance = random.Random(f"{seed}-blows")
    first = list(kinds)
    chance.shuffle(first)
    for _ in range(blows):
        kind = first.pop() if first else chance.choices(list(kinds), list(kinds.values()))[0]
        length = chance.choice([0.05, 0.1, 0.2, 0.4, 1.5]) * lease
        yield Blow(kind, chance.randint(0, 2 * between), chance.random(), length)
