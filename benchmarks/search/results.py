"""Trajectories as files, one per cell, so that a run can be broken off and gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Cell:
    """One trajectory's place in the comparison."""

    optimizer: str
    problem: str
    pending: int
    seed: int

    def path(self, folder: Path) -> Path:
        """Its file."""
        return folder / self.optimizer / f"{self.problem}-p{self.pending}-s{self.seed}.json"

    def evaluations(self, folder: Path) -> int:
        """How many evaluations are there already."""
        path = self.path(folder)
        return len(json.loads(path.read_text())["observed"]) if path.exists() else 0

    def write(self, folder: Path, trajectory: dict[str, Any]) -> None:
        """Writes the file in one step."""
        path = self.path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({**vars(self), **trajectory}))
        part.replace(path)


def read(folder: Path) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """All trajectories of a folder, sorted by cell."""
    found = []
    for path in folder.glob("*/*.json"):
        data = json.loads(path.read_text())
        found.append((Cell(data.pop("optimizer"), data.pop("problem"), data.pop("pending"), data.pop("seed")), data))
    yield from sorted(found, key=lambda item: item[0])
