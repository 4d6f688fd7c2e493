"""What the loop of the program agent hears of."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from besom.agent.child import Ended
from besom.protocol import NextReply, Run, StopOrder


@dataclass(frozen=True, slots=True)
class Reported:
    """The server knows that a run has ended; ``run`` is None if it was deleted meanwhile."""

    ended: Ended
    run: Run | None


@dataclass(frozen=True, slots=True)
class Unheard:
    """A run has ended, and the agent leaves without the server having heard of it."""

    run_id: str


class Tick:
    """It is time to say what is running."""


Event = Tick | NextReply | Ended | Reported | Unheard | StopOrder | signal.Signals | Exception
