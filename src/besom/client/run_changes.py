"""What was changed on a run object, as the message that changes the run on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from besom.client.numbers import encode_deep
from besom.errors import UsageError
from besom.protocol import Run, RunChange


def run_change(
    before: Run,
    *,
    name: str,
    notes: str | None,
    tags: Sequence[str],
    group: str | None,
    job_type: str | None,
    config: Mapping[str, Any],
    summary: Mapping[str, Any],
) -> RunChange:
    """The fields and keys that differ from ``before``.

    Raises:
        UsageError: a key was deleted, which a run does not allow.
    """
    return RunChange(
        name=name if name != before.name else None,
        notes=(notes or "") if notes != before.notes else None,
        tags=list(tags) if list(tags) != before.tags else None,
        group=(group or "") if group != before.group else None,
        job_type=(job_type or "") if job_type != before.job_type else None,
        config=_changed("config", before.config, config),
        summary=_changed("summary", before.summary, summary),
    )


def is_empty(change: RunChange) -> bool:
    """Whether there is nothing to change."""
    return change == RunChange()


def _changed(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    if gone := [key for key in before if key not in after]:
        raise UsageError(
            f"run.{what} lost the key {gone[0]!r}, and keys cannot be deleted.", "Set it to None, or load() the run."
        )
    now: dict[str, Any] = encode_deep(dict(after))
    return {key: value for key, value in now.items() if key not in before or before[key] != value}
