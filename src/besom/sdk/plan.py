"""What ``init`` found out about the run that it is to begin."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from besom.client.settings import DEFAULT_PROJECT
from besom.protocol import InitRecord, NewRun
from besom.sdk import resumption
from besom.sdk.facts import Start
from besom.sdk.settings import Settings


class Plan(NamedTuple):
    """A run to begin."""

    about: NewRun
    settings: Settings
    """From every source; entity and project among them."""
    config: dict[str, Any]
    """The program's values."""
    locked: dict[str, Any]
    """The sweep's values; empty when there is no parameter file."""
    folder: Path
    """The run's folder, still to be made."""

    @property
    def project(self) -> str:
        """The project, unless a sweep decides otherwise."""
        return self.settings.project or DEFAULT_PROJECT

    def first_record(self) -> InitRecord:
        """The first line of the run's spool, as far as it is known without a server."""
        return InitRecord(run=self.about, entity=self.settings.entity, project=self.project)

    def left_here(self) -> tuple[Start, dict[str, Any]]:
        """Where earlier processes left the run on this disk, and with what configuration; the beginning without any.

        Raises:
            UsageError: there must be one.
        """
        if self.about.resume not in ("allow", "must"):
            return Start(), {}
        return resumption.from_disk(self.folder.parent, self.about.id)
