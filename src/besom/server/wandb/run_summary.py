"""The client's form of a run's summary: how long the run took stands in it under ``_wandb`` once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.protocol import mark_numbers
from besom.server.services.refusals import Invalid
from besom.server.wandb.run_config import CLIENT_KEY


def read_summary(sent: Any) -> dict[str, Any]:
    """The summary without what the client keeps for itself.

    Raises:
        Invalid: it is no summary.
    """
    if not isinstance(sent, dict):
        raise Invalid("bad_summary", "A summary maps each name to its value.", field="summaryMetrics")
    summary: dict[str, Any] = mark_numbers(sent)
    own = summary.pop(CLIENT_KEY, None)
    if isinstance(own, dict) and "runtime" in own:
        summary.setdefault("_runtime", own["runtime"])
    return summary


def write_summary(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary as the client reads it."""
    runtime = summary.get("_runtime")
    if not isinstance(runtime, int | float):
        return dict(summary)
    return {**summary, CLIENT_KEY: {"runtime": int(runtime)}}
