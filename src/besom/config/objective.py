"""Checks ``metric`` and ``early_terminate``: what is optimised, and when a hopeless run is stopped."""

from __future__ import annotations

from typing import Any, cast

from besom.config.entry import Entry
from besom.config.model import Goal, Hyperband, Impute, ImputeWhileRunning, Metric
from besom.config.report import Report
from besom.config.spelling import nearest

_METRIC_KEYS = ("name", "goal", "target", "impute", "impute_while_running")
_STOP_KEYS = ("type", "min_iter", "max_iter", "s", "eta", "strict")
_HYPERBAND = "write `early_terminate: {type: hyperband, min_iter: 3}`."


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
    _check_keys(entry, _METRIC_KEYS, also=("use",))
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


def check_early_terminate(block: Any, report: Report) -> Hyperband | None:
    """Return the stopping rule, or None when it is absent or unusable."""
    path = ("early_terminate",)
    if block is None:
        return None
    if not isinstance(block, dict):
        report.error(path, "`early_terminate` must be a mapping with a `type`.", _HYPERBAND, block)
        return None
    entry = Entry(block, path, report)
    if not _check_type(entry):
        return None
    _check_keys(entry, _STOP_KEYS)
    numbers = {key: entry.integer(key) for key in ("min_iter", "max_iter", "s") if block.get(key) is not None}
    eta = entry.number("eta") if block.get("eta") is not None else 3.0
    strict = block.get("strict")
    if strict is not None and not isinstance(strict, bool):
        entry.error("strict", "`strict` must be true or false.", "write `strict: true`, the default.")
        return None
    if eta is not None and eta <= 1:
        entry.error("eta", "`eta`, the factor from one bracket to the next, must be greater than 1.", "write `eta: 3`.")
        return None
    if eta is None or any(number is None for number in numbers.values()):
        return None
    if not numbers.keys() & {"min_iter", "max_iter"}:
        report.error(path, "Hyperband needs either `min_iter`, or `max_iter` with `s`.", "add `min_iter: 3`.")
        return None
    strict = True if strict is None else strict
    if "max_iter" in numbers:
        return _counted_down(entry, cast("dict[str, int]", numbers), float(eta), strict)
    return _counted_up(entry, cast("dict[str, int]", numbers), float(eta), strict)


def _check_type(entry: Entry) -> bool:
    kind = entry.data.get("type")
    if kind == "hyperband":
        return True
    if kind is None:
        entry.report.error(
            entry.path, "`early_terminate` needs a `type`; `hyperband` is the one there is.", "add `type: hyperband`."
        )
    elif kind == "envelope":
        entry.error(
            "type", "The stopping rule `envelope` no longer exists; `hyperband` is the one there is.", _HYPERBAND
        )
    else:
        entry.error(
            "type",
            "This stopping rule is not available in this version of besom; `hyperband` is the one there is.",
            _HYPERBAND,
        )
    return False


def _counted_up(entry: Entry, numbers: dict[str, int], eta: float, strict: bool) -> Hyperband | None:
    if numbers["min_iter"] < 1:
        entry.error("min_iter", "`min_iter`, the first bracket, must be at least 1.", "write `min_iter: 1`.")
        return None
    if "s" in numbers:
        entry.warn("s", "`s` counts brackets down from `max_iter`; with `min_iter` it has no effect.", "remove it.")
    return Hyperband(min_iter=numbers["min_iter"], eta=eta, strict=strict)


def _counted_down(entry: Entry, numbers: dict[str, int], eta: float, strict: bool) -> Hyperband | None:
    max_iter = numbers["max_iter"]
    if "s" not in numbers:
        entry.report.error(
            entry.path, "`max_iter` needs `s`, the number of brackets counted down from it.", "add `s: 2`."
        )
        return None
    if numbers["s"] < 1:
        entry.error("s", "`s`, the number of brackets, must be at least 1.", "write `s: 2`.")
        return None
    if max_iter / eta < 1:
        entry.error(
            "max_iter",
            f"There is no bracket: the last one, max_iter / eta, is {max_iter / eta:.3g}, below 1.",
            f"make `max_iter` at least {eta:g}.",
        )
        return None
    if "min_iter" in numbers:
        entry.warn("min_iter", "`max_iter` decides the brackets; `min_iter` beside it has no effect.", "remove one.")
    return Hyperband(max_iter=max_iter, s=numbers["s"], eta=eta, strict=strict)


def _check_keys(entry: Entry, known: tuple[str, ...], also: tuple[str, ...] = ()) -> None:
    """Report unknown keys: a likely slip as an error, since ignoring it would change what the sweep means."""
    for key in entry.data:
        if key in known or key in also:
            continue
        block = entry.path[-1]
        if guess := nearest(key, known):
            entry.error(key, f"`{block}` has no key `{key}`. Did you mean `{guess}`?", f"rename it to `{guess}`.")
        else:
            entry.warn(key, f"`{block}` has no key `{key}`; it has no effect.", "remove it.")
