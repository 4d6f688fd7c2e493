"""What happens to each request on its way."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable

from faulty_proxy import Fate, Fault

SHARES = {
    Fault.DROP_REQUEST: 0.01,
    Fault.CUT_REQUEST: 0.01,
    Fault.DROP_ANSWER: 0.015,
    Fault.CUT_ANSWER: 0.01,
    Fault.REPEAT: 0.02,
}
"""How many of the requests meet each fault."""
DELAYED, LONGEST_DELAY = 0.04, 0.4
"""How many come late, and by how many seconds at most: others overtake them."""


class Weather:
    """Decides what happens to each request; calm until ``blow``."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed}-requests")
        self._lock = threading.Lock()
        self.seen: Counter[str] = Counter()
        """How many requests met which fault."""
        self.is_calm, self.is_parted = True, False
        self._waiting: list[tuple[re.Pattern[str], Callable[[], None]]] = []

    def after_answer(self, pattern: str, act: Callable[[], None]) -> None:
        """``act`` happens once: when the server has answered a request whose path matches, before the client knows."""
        with self._lock:
            self._waiting.append((re.compile(pattern), act))

    def unseen(self) -> list[str]:
        """Faults that no request met."""
        return [fault.value for fault in SHARES if not self.seen[fault.name.lower()]]

    def __call__(self, _method: str, path: str, _body: bytes) -> Fate:
        """The fate of a request."""
        with self._lock:
            if self.is_parted:
                return Fate(Fault.DROP_REQUEST)
            if self.is_calm:
                return Fate()
            (fault,) = self._chance.choices([Fault.NONE, *SHARES], [1 - sum(SHARES.values()), *SHARES.values()])
            late = self._chance.random() < DELAYED
            before, after = (self._chance.uniform(0, LONGEST_DELAY) for _ in range(2))
            found = next((waiting for waiting in self._waiting if waiting[0].search(path)), None)
            if found:
                self._waiting.remove(found)
                fault = Fault.DROP_ANSWER
            self.seen[fault.name.lower()] += 1
            self.seen["delayed"] += late
            return Fate(fault, before if late else 0.0, after, found[1] if found else None)
