"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import Any


def until(condition: Callable[[], Any], what: str = "it", patience: float = 150.0) -> Any:
    """Waits until ``condition`` is true; returns what it returned. Looks less often the longer it takes."""
    began = time.monotonic()
    while not (answer := condition()):
        waited = time.monotonic() - began
        assert waited < patience, f"{what} did not happen in {patience:.0f} s"
        time.sleep(min(max(0.01, waited / 20), 0.1))
    return answer
