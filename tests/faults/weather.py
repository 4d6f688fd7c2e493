"""What happens to each request on its way."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable

from faulty_proxy import Fate, Fault

FAULTS = (Fault.DROP_REQUEST, Fault.CUT_REQUEST, Fault.DROP_ANSWER, Fault.CUT_ANSWER, Fault.REPEAT)
DECK = 60
"""Of so many requests, one meets each fault; of the next ones again. So even the smallest storm meets all of them."""
DELAYED, LONGEST_DELAY = 0.04, 0.4
"""How many come late, and by how many seconds at most: others overtake them."""


class Weather:
    """Decides what happens to each request; calm until ``blow``."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed}-faults")
        self._deck: list[Fault] = []
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
        return [fault.value for fault in FAULTS if not self.seen[fault.name.lower()]]

    def __call__(self, _method: str, path: str, _body: bytes) -> Fate:
        """The fate of a request."""
        with self._lock:
            if self.is_parted:
                return Fate(Fault.DROP_REQUEST)
            if self.is_calm:
                return Fate()
            late = self._chance.random() < DELAYED
            before, after = (self._chance.uniform(0, LONGEST_DELAY) for _ in range(2))
            found = next((waiting for waiting in self._waiting if waiting[0].search(path)), None)
            if found:
                self._waiting.remove(found)
            fault = Fault.DROP_ANSWER if found else self._drawn()
            self.seen[fault.name.lower()] += 1
            self.seen["delayed"] += late
            return Fate(fault, before if late else 0.0, after, found[1] if found else None)

    def _drawn(self) -> Fault:
        if not self._deck:
            self._deck = [*FAULTS, *[Fault.NONE] * (DECK - len(FAULTS))]
            self._chance.shuffle(self._deck)
        return self._deck.pop()
