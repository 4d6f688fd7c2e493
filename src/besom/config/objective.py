"""Checks ``metric``: what is optimised."""

from __future__ import annotations

import re
from typing import Any, cast

from besom.config.entry import Entry
from besom.config.model import Goal, Impute, ImputeWhileRunning, Metric, Use
from besom.config.problem import Path
from besom.config.report import Report

_KEYS = ("name", "goal", "target", "impute", "impute_while_running", "use")
_WINDOW = re.compile(r"mean_last_([1-9]\d*)")
_LARGEST_WINDOW = 1000


def check_metric(block: Any, report: Report, path: Path = ("metric",)) -> Metric | None:
    """Return the objective that stands at ``path``, or None when it is absent or unusable."""
    if block is None:
        return None
    if not isinstance(block, dict):
        example = block if isinstance(block, str) else "loss"
        report.error(
            path,
            "`metric` must be a mapping with a `name` and a `goal`.",
            f"write `metric: {{name: {example}, goal: minimize}}`.",
            block,
        )
        return None
    entry = Entry(block, path, report)
    entry.check_keys(_KEYS)
    if block.get("name") in (None, ""):
        report.error(
            path,
            "`metric` needs the `name` of a value that your program logs.",
            "add, for example, `name: val_loss`.",
        )
    name = entry.name("name")
    target = entry.number("target") if block.get("target") is not None else None
    goal = _choice(entry, "goal", ("minimize", "maximize"))
    impute = _choice(entry, "impute", ("worst", "best", "latest"))
    if block.get("impute_while_running") is False:
        block["impute_while_running"] = "false"  # The off switch is this text; YAML users write the boolean.
    while_running = _choice(entry, "impute_while_running", ("false", "best", "latest", "worst"))
    use = _use(entry)
    if use is None or not isinstance(name, str) or goal is None or impute is None or while_running is None:
        return None
    return Metric(
        name,
        cast(Goal, goal),
        None if target is None else float(target),
        cast(Impute, impute),
        cast(ImputeWhileRunning, while_running),
        *use,
    )


def _use(entry: Entry) -> tuple[Use, int] | None:
    """How a curve becomes one number, and over how many of its newest values; None when something was reported."""
    given = entry.data.get("use")
    if given is None or given in ("best", "last"):
        return cast(Use, given or "best"), 1
    window = _WINDOW.fullmatch(given) if isinstance(given, str) else None
    if window is None or int(window[1]) > _LARGEST_WINDOW:
        rule = f"`use` must be `best`, `last` or `mean_last_5`, with any number of values up to {_LARGEST_WINDOW:,}."
        entry.error("use", rule, "write `use: best`, the default.")
        return None
    return "mean_last", int(window[1])


def _choice(entry: Entry, key: str, options: tuple[str, ...]) -> str | None:
    """Return one of ``options``, the first when the key is absent or null, or report."""
    return options[0] if entry.data.get(key) is None else entry.choice(key, options)
