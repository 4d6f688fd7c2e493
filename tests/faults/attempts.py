"""What the processes of a storm's runs noted in their journals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import journal


@dataclass
class Attempt:
    """What one process of a run noted. A function agent may go on with a run in the process that began it."""

    number: int
    pid: int
    parent: int
    begun: float
    last: float
    """When it noted something last."""
    values: list[int] = field(default_factory=list)
    """For which ``log`` returned."""
    said: set[str] = field(default_factory=set)
    """What it noted besides: ``preempting``, ``broken`` (it is about to fail), ``finishing`` (it is about to end well),
    ``end`` (``finish`` returned)."""

    @property
    def was_preempted(self) -> bool:
        return "preempting" in self.said


def attempts(folder: Path) -> dict[str, list[Attempt]]:
    """The processes of each run, oldest first."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    by_number: dict[int, Attempt] = {}
    for line in journal.read(folder):
        number = line["attempt"]
        if line["what"] == "begin":
            by_number[number] = Attempt(number, line["pid"], line["parent"], line["at"], line["at"])
            found[line["run"]].append(by_number[number])
        attempt = by_number[number]
        attempt.last = line["at"]
        if line["what"] == "log":
            attempt.values.append(line["value"])
        attempt.said.add(line["what"])
    return found
