"""What was found after a storm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """What was found."""

    runs: int = 0
    begun: int = 0
    values: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """What happened besides, and how often."""
    faults: list[str] = field(default_factory=list)
    """Broken promises, as sentences."""

    def expect(self, held: bool, otherwise: str) -> None:
        """Notes a broken promise, unless it was ``held``."""
        if not held:
            self.faults.append(otherwise)
