"""One change to many runs."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol.base import Message

RunAction = Literal["add_tags", "remove_tags", "stop", "delete", "undelete", "move", "again"]


class RunSelection(Message, kw_only=True):
    """Runs of a project: those of these ids, or those that match the filter."""

    runs: list[str] | None = None
    """Ids."""
    filter: dict[str, Any] | None = None
    """As in lists of runs; ``{}`` matches every run."""
    sweep: str | None = None
    """With ``filter``: only runs of this sweep."""


class RunsChange(RunSelection, kw_only=True):
    """A change to all runs of the selection.

    ``undelete`` selects among the deleted ones. ``again`` queues the points of runs that have ended once more, and
    resumes their sweep where that has ended; on a grid the new run takes the place of the old one, which is deleted.
    """

    action: RunAction
    tags: list[str] = []
    """Of ``add_tags`` and ``remove_tags``."""
    to: str | None = None
    """Of ``move``: a project that there is, as ``entity/project``, or ``project`` of the same entity."""


class RefusedRun(Message, kw_only=True):
    """A run that could not be changed."""

    run: str
    reason: str
    """As a sentence."""


class QueuedRun(Message, kw_only=True):
    """A run that was queued for one that is run again."""

    id: str
    name: str


class RunsChanged(Message, kw_only=True):
    """What became of a change to many runs."""

    matched: int
    changed: int
    """Runs that are not what they were; the others were that already, or are refused."""
    refused: int
    reasons: list[RefusedRun]
    """Of the first hundred refused ones."""
    queued: list[QueuedRun] = []
    """Of ``again``: the first hundred new runs."""
