"""A run's summary as a dictionary that can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from besom.client.runs import Run


class RunSummary(dict[str, Any]):
    """Values by metric. ``summary["x"] = 1`` is sent with ``run.update()``, ``summary.update(...)`` at once."""

    def __init__(self, run: Run, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._run = run

    def update(self, *changes: Any, **more: Any) -> None:
        """Sets these keys, and sends all that was changed on the run."""
        super().update(*changes, **more)
        self._run.update()
