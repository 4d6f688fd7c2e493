"""Checks ``metric``: what is optimised."""

from __future__ import annotations

from typing import Any, cast

from besom.config.entry import Entry
from besom.config.model import Goal, Impute, ImputeWhileRunning, Metric
from besom.config.report import Report

_METRIC_KEYS = ("name", "goal", "target", "impute", "impute_while_running")


def check_metric(block: Any, report: Report) -> Metric | None:
    """Return the objective, or None when it is absent or unusable."""
    if block is None:
        return None
    if not isinstance(block, dict):
        example = block if isinstance(block, str) else "loss"
        report.error(
            ("metric",),
            "`metric` must be a mapping with a `name` and a `goal`.",
            f"write `metric: {{name: {example}, goal: minimize}}`.",
            block,
        )
        return None
    entry = Entry(block, ("metric",), report)
    if "use" in block:
        entry.error(
            "use",
            "`metric.use` is not supported by this version of besom.",
            "remove it; a run counts with its best value.",
        )
    entry.check_keys((*_METRIC_KEYS, "use"))
    if block.get("name") in (None, ""):
        report.error(
            ("metric",),
            "`metric` needs the `name` of a value that your program logs.",
            "add, for example, `name: val_loss`.",
        )
    name = entry.text("name")
    target = entry.number("target") if block.get("target") is not None else None
    goal = _choice(entry, "goal", ("minimize", "maximize"))
    impute = _choice(entry, "impute", ("worst", "best", "latest"))
    if block.get("impute_while_running") is False:
        block["impute_while_running"] = "false"  # The off switch is this text; YAML users write the boolean.
    while_running = _choice(entry, "impute_while_running", ("false", "best", "latest", "worst"))
    if not isinstance(name, str) or goal is None or impute is None or while_running is None:
        return None
    return Metric(
        name,
        cast(Goal, goal),
        None if target is None else float(target),
        cast(Impute, impute),
        cast(ImputeWhileRunning, while_running),
    )


def _choice(entry: Entry, key: str, options: tuple[str, ...]) -> str | None:
    """Return one of ``options``, the first when the key is absent or null, or report."""
    return options[0] if entry.data.get(key) is None else entry.choice(key, options)
