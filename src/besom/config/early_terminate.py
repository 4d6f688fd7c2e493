"""Checks ``early_terminate``: the rule by which a hopeless run is stopped."""

from __future__ import annotations

from typing import Any

from besom.config.entry import Entry
from besom.config.model import Asha, EarlyTerminate, Hyperband, Median, Metric
from besom.config.report import Report
from besom.config.spelling import did_you_mean

KEYS = {
    "hyperband": ("type", "min_iter", "max_iter", "s", "eta", "strict"),
    "asha": ("type", "min_iter", "eta", "max_iter"),
    "median": ("type", "min_iter", "min_runs", "interval"),
}
_TYPES = "`hyperband`, `asha` or `median`"
_MEANINGS = {
    "min_iter": "the number of values after which a run is judged first",
    "min_runs": "the number of runs that must have come as far before one is judged",
    "interval": "the number of values from one judgement to the next",
}
_MOST_BRACKETS = 1000
"""Of a hyperband that counts them down."""
_LEAST_ETA = 1.01
"""Of asha, whose rungs have no end: nearer to 1 they are countless."""
_EXAMPLE = "write `early_terminate: {type: hyperband, min_iter: 3}`."
_FIX_ETA = "write `eta: 3`."


def warn_of_use(metric: Metric | None, rule: EarlyTerminate | None, report: Report) -> None:
    """Warn where a run counts in the end with another number than it is judged by on the way."""
    if metric is None or rule is None or metric.use == "best":
        return
    by_best = isinstance(rule, Median) or (isinstance(rule, Hyperband) and not rule.strict)
    if metric.use == "last" and not by_best:
        return
    judged = "its best value so far" if by_best else "its newest value"
    report.warning(
        ("metric", "use"),
        f"Early stopping does not use this: it judges a run on the way by {judged}. `use` says what it counts with "
        "everywhere else.",
        "leave it so if that is meant; else log the number to be judged by, and name it in `metric`.",
    )


def check_early_terminate(block: Any, report: Report, controller: str = "cloud") -> EarlyTerminate | None:
    """Return the stopping rule, or None when it is absent or unusable, or a function of a local controller's."""
    path = ("early_terminate",)
    if block is None:
        return None
    if not isinstance(block, dict):
        report.error(path, "`early_terminate` must be a mapping with a `type`.", _EXAMPLE, block)
        return None
    entry = Entry(block, path, report)
    if controller == "local" and block.get("type") == "custom":
        return None
    kind = _type(entry)
    if kind is None:
        return None
    entry.check_keys(KEYS[kind])
    whole: list[str] = [key for key in ("min_iter", "max_iter", "s", "min_runs", "interval") if key in KEYS[kind]]
    numbers = {key: entry.integer(key) for key in whole if block.get(key) is not None}
    eta = _eta(entry) if "eta" in KEYS[kind] else 3.0
    strict = _strict(entry) if "strict" in KEYS[kind] else True
    counts = {key: number for key, number in numbers.items() if number is not None}
    if eta is None or strict is None or len(counts) < len(numbers):
        return None
    if kind == "hyperband":
        return _hyperband(entry, counts, eta, strict=strict)
    low = [key for key in _MEANINGS if counts.get(key, 1) < 1]
    for key in low:
        entry.error(key, f"`{key}`, {_MEANINGS[key]}, must be at least 1.", f"write `{key}: 1`.")
    if low:
        return None
    return Median(**counts) if kind == "median" else _asha(entry, counts, eta)


def describe(rule: EarlyTerminate) -> str:
    """The rule with the numbers that matter, e.g. ``asha, min_iter 1, eta 3``."""
    match rule:
        case Hyperband(min_iter=None):
            return f"hyperband, max_iter {rule.max_iter}, s {rule.s}, eta {rule.eta:g}"
        case Hyperband():
            return f"hyperband, min_iter {rule.min_iter}, eta {rule.eta:g}"
        case Asha():
            end = f", max_iter {rule.max_iter}" if rule.max_iter is not None else ""
            return f"asha, min_iter {rule.min_iter}, eta {rule.eta:g}{end}"
        case Median():
            return f"median, min_iter {rule.min_iter}, min_runs {rule.min_runs}, interval {rule.interval}"


def _type(entry: Entry) -> str | None:
    kind = entry.data.get("type")
    if isinstance(kind, str) and kind in KEYS:
        return kind
    if kind is None:
        entry.report.error(entry.path, f"`early_terminate` needs a `type`: {_TYPES}.", "add `type: hyperband`.")
    elif kind == "envelope":
        entry.error("type", f"The stopping rule `envelope` no longer exists; there are {_TYPES}.", _EXAMPLE)
    else:
        entry.error("type", f"There is no such stopping rule, only {_TYPES}.{did_you_mean(kind, KEYS)}", _EXAMPLE)
    return None


def _eta(entry: Entry) -> float | None:
    eta = entry.number("eta") if entry.data.get("eta") is not None else 3.0
    if eta is not None and eta <= 1:
        entry.error("eta", "`eta`, the factor from one bracket to the next, must be greater than 1.", _FIX_ETA)
        return None
    return None if eta is None else float(eta)


def _strict(entry: Entry) -> bool | None:
    strict = entry.data.get("strict")
    if strict is not None and not isinstance(strict, bool):
        entry.error("strict", "`strict` must be true or false.", "write `strict: true`, the default.")
        return None
    return True if strict is None else strict


def _asha(entry: Entry, counts: dict[str, int], eta: float) -> Asha | None:
    if eta < _LEAST_ETA:
        entry.error("eta", f"`eta`, the factor from one rung to the next, must be at least {_LEAST_ETA}.", _FIX_ETA)
        return None
    rule = Asha(**counts, eta=eta)
    if rule.max_iter is not None and rule.max_iter <= rule.min_iter:
        entry.error(
            "max_iter",
            f"`max_iter`, before which runs are judged, must be greater than `min_iter`, {rule.min_iter}.",
            "leave it out, or write the number of values that a whole run logs.",
        )
        return None
    return rule


def _hyperband(entry: Entry, counts: dict[str, int], eta: float, *, strict: bool) -> Hyperband | None:
    if not counts.keys() & {"min_iter", "max_iter"}:
        entry.report.error(
            entry.path, "Hyperband needs either `min_iter`, or `max_iter` with `s`.", "add `min_iter: 3`."
        )
        return None
    if "max_iter" in counts:
        return _counted_down(entry, counts, eta, strict)
    if counts["min_iter"] < 1:
        entry.error("min_iter", "`min_iter`, the first bracket, must be at least 1.", "write `min_iter: 1`.")
        return None
    if "s" in counts:
        entry.warn("s", "`s` counts brackets down from `max_iter`; with `min_iter` it has no effect.", "remove it.")
    return Hyperband(min_iter=counts["min_iter"], eta=eta, strict=strict)


def _counted_down(entry: Entry, counts: dict[str, int], eta: float, strict: bool) -> Hyperband | None:
    max_iter = counts["max_iter"]
    if "s" not in counts:
        entry.report.error(
            entry.path, "`max_iter` needs `s`, the number of brackets counted down from it.", "add `s: 2`."
        )
        return None
    if not 1 <= counts["s"] <= _MOST_BRACKETS:
        rule = f"`s`, the number of brackets, must be at least 1 and at most {_MOST_BRACKETS}."
        entry.error("s", rule, "write `s: 2`.")
        return None
    if max_iter / eta < 1:
        entry.error(
            "max_iter",
            f"There is no bracket: the last one, max_iter / eta, is {max_iter / eta:.3g}, below 1.",
            f"make `max_iter` at least {eta:g}.",
        )
        return None
    if "min_iter" in counts:
        entry.warn("min_iter", "`max_iter` decides the brackets; `min_iter` beside it has no effect.", "remove one.")
    return Hyperband(max_iter=max_iter, s=counts["s"], eta=eta, strict=strict)
