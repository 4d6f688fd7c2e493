"""What the loop of the program agent hears of."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from besom.agent.child import Ended
from besom.agent.launch import Launch
from besom.protocol import NextReply, NextRun, Run, RunExit, StopOrder


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a run's program needs is there."""

    run: NextRun
    launch: Launch


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a run that has ended left on disk is sent, as far as that can be; how it ended is to be told."""

    ended: Ended
    end: RunExit
    begun: bool
    """Whether its program called ``init``."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The server knows that a run has ended; ``run`` is None if it was deleted meanwhile."""

    ended: Ended
    run: Run | None
    ahead: NextReply | None = None
    """The answer for the slot that is free now, where the agent asked with its report."""


class Returned:
    """A run that does not begin here has been given back."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A run has ended, and the agent leaves without the server having heard of it."""

    run_id: str


class Tick:
    """It is time to say what is running."""


Answer = NextReply | Returned
"""What comes of a question for a run."""
Event = Tick | Answer | Prepared | Ended | Shipped | Reported | Unheard | StopOrder | signal.Signals | Exception
