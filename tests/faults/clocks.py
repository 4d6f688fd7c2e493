"""Clocks of machines that somebody sets: see ``skewed/sitecustomize.py``."""

from __future__ import annotations

import os
import struct
from pathlib import Path

_SKEWED = Path(__file__).parent / "skewed"


class MachineClock:
    """The time of day on a machine of the tests: right until it is set."""

    def __init__(self, place: Path) -> None:
        self._place = place
        place.write_bytes(struct.pack("d", 0.0))
        path = [str(_SKEWED), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.environment = {"PYTHONPATH": os.pathsep.join(path), "FAULTS_CLOCK": str(place)}
        """What the machine's processes need."""

    def set(self, seconds: float) -> None:
        """Makes it wrong by so many seconds, at once and for all of its processes."""
        file = os.open(self._place, os.O_WRONLY)
        os.pwrite(file, struct.pack("d", seconds), 0)
        os.close(file)
