"""What a server has done since it started, as plain numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from besom.server.store.histogram import Histogram


@dataclass(slots=True)
class Tally:
    """Counts of one process. Used in the event loop's thread only."""

    counts: Counter[str] = field(default_factory=Counter)
    """What committed transactions did: see ``Unit.count``."""
    suggestions: int = 0
    """Points that search found."""
    search_seconds: Histogram = field(default_factory=Histogram)
    """What each computation of suggestions took, without its wait for a thread's turn."""
