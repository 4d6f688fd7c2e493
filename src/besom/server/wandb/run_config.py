"""The client's form of a run's config: each value in an envelope, and under ``_wandb`` what it keeps for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.protocol import MetricRecord, mark_numbers
from besom.server.services.refusals import Invalid
from besom.server.services.report import Report
from besom.server.wandb.envelopes import wrapped
from besom.server.wandb.run_facts import facts_of

CLIENT_KEY = "_wandb"


def read_config(sent: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The user's values, and what the client keeps for itself; None where it sent nothing of that.

    Raises:
        Invalid: it is no config.
    """
    if not isinstance(sent, dict):
        raise Invalid("bad_config", "A config maps each name to its value.", field="config")
    config = {key: mark_numbers(_value(entry)) for key, entry in sent.items()}
    client = config.pop(CLIENT_KEY, None)
    return config, client if isinstance(client, dict) else None


def write_config(config: Mapping[str, Any], client: Mapping[str, Any] | None) -> dict[str, Any]:
    """A config as the client reads it."""
    return wrapped(config if client is None else {**config, CLIENT_KEY: client})


def told_by(sent: Any) -> Report:
    """What a program reports with its whole config: metrics that it has defined and facts about it are in there too."""
    if sent is None:
        return Report(size=1)
    config, client = read_config(sent)
    told = Report(size=1, config=config, whole=frozenset({"config"}), client=client)
    if client is not None:
        told.metrics = _metrics(client)
        told.records = told.metrics
        told.about = facts_of(client)
    return told


def _value(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry


def _metrics(client: Mapping[str, Any]) -> list[MetricRecord]:
    """Defined metrics. Which aggregates they want is left out: the client computes these itself.

    A definition's members have numbers for names, and its step metric is told by its place in the list, from 1.
    """
    told = client.get("m")
    defined = [metric for metric in told if isinstance(metric, dict)] if isinstance(told, list) else []
    names = [_name(metric) for metric in defined]
    found = []
    for name, metric in zip(names, defined, strict=True):
        place = metric.get("5")
        step = names[place - 1] if isinstance(place, int) and 0 < place <= len(names) else metric.get("4")
        goal, options = metric.get("8"), metric.get("6")
        record = MetricRecord(name=name, step_metric=str(step) if step else None)
        record.goal = "minimize" if goal == 1 else "maximize" if goal == 2 else None
        record.hidden = isinstance(options, list) and 2 in options
        if name:
            found.append(record)
    return found


def _name(metric: Mapping[str, Any]) -> str:
    """A name, in which dots may have backslashes, or a pattern."""
    return str(metric.get("1") or metric.get("2") or "").replace("\\.", ".")
