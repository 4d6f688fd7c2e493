"""Checks who chooses the runs when the server does not: ``controller``, ``scheduler`` and ``search``."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

from besom.config.entry import Entry
from besom.config.model import Engine, Metric
from besom.config.objective import check_metric
from besom.config.problem import LONGEST_PATH, Path
from besom.config.report import Report

ENGINES = ("wandb", "optuna", "ax")
_OWN_METHODS = ("grid", "random", "bayes")
_FUNCTION = re.compile(r"(?!.*\.py:)[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_PLACE: Path = ("scheduler",)


def check_controller(data: dict[str, Any], report: Report) -> Literal["cloud", "local"]:
    """``local`` where besom's own search runs beside the server, in a process of the user's."""
    block = data.get("controller")
    scheduler = data.get("scheduler")
    if block is None:
        return "local" if isinstance(scheduler, dict) and scheduler.get("engine") == "wandb" else "cloud"
    entry = Entry(data, (), report)
    if not isinstance(block, dict):
        entry.error("controller", "`controller` must be a mapping with a `type`.", "remove it.")
        return "cloud"
    inner = Entry(block, ("controller",), report)
    if "type" not in block:
        report.error(("controller",), "`controller` needs a `type`.", "add `type: cloud`.")
        return "cloud"
    kind = inner.choice("type", ("cloud", "local"))
    if kind == "local" and scheduler is not None:
        inner.error("type", "`scheduler` names another engine, so there can be no local controller.", "remove one.")
    elif kind == "local":
        inner.warn(
            "type",
            "The server chooses no runs of this sweep: agents get what `besom controller ID` or `besom enqueue` puts "
            "into its queue.",
            "if the server is to choose them, remove `controller`.",
        )
    return cast(Literal["cloud", "local"], kind or "cloud")


def check_search(entry: Entry, method: str | None) -> str | None:
    """The ``module:function`` that proposes points."""
    search = entry.name("search")
    if search is None:
        return None
    if not _FUNCTION.fullmatch(search):
        name = search.replace(".py:", ":")
        fix = f"write `search: {name}`." if _FUNCTION.fullmatch(name) else "write `search: my_search:propose`."
        entry.error("search", "`search` names a function as `module:function`.", fix)
        return None
    if method not in ("custom", None):
        entry.error("search", f"With `method: {method}`, besom searches by itself.", "write `method: custom`.")
        return None
    entry.warn(
        "search",
        "The function runs in `besom controller ID`, which has to be at work beside the agents.",
        "start it where the module can be imported; `besom up` does so by itself.",
    )
    return search


def check_engine(data: dict[str, Any], method: str | None, report: Report) -> Engine | None:
    """The outside engine, or None where besom's own search is meant or something was reported."""
    block = data.get("scheduler")
    if block is None:
        _check_no_metrics(data, report)
        return None
    if not isinstance(block, dict):
        report.error(_PLACE, "`scheduler` must be a mapping with an `engine`.", "remove it.", block)
        return None
    entry = Entry(block, _PLACE, report)
    if "engine" not in block:
        _check_no_metrics(data, report)
        report.warning(_PLACE, "`scheduler` names no `engine`, so it has no effect.", "remove the block.")
        return None
    name = entry.choice("engine", ENGINES)
    if name is None:
        return None
    entry.check_keys(("engine", "source", "optimizer", "search_space"))
    if data.get("early_terminate") is not None:
        fix = "remove `early_terminate`; Optuna's pruners and Ax's early stopping take its place."
        report.error(("early_terminate",), "With a `scheduler`, stopping is a matter of its engine.", fix)
    if name == "wandb":
        _check_no_metrics(data, report)
        _check_own(entry, method)
        return None
    return _outside(entry, cast(Literal["optuna", "ax"], name), data, method)


def _check_own(entry: Entry, method: str | None) -> None:
    if method == "custom":
        entry.error("engine", "This engine goes with the methods grid, random and bayes.", "write `method: bayes`.")
        return
    for key in ("source", "optimizer", "search_space"):
        if entry.data.get(key) is not None:
            entry.warn(key, f"The engine `wandb` makes no use of `{key}`.", "remove it.")
    _say_who_must_run(entry)


def _outside(entry: Entry, name: Literal["optuna", "ax"], data: dict[str, Any], method: str | None) -> Engine | None:
    if method in _OWN_METHODS:
        entry.error("engine", f"This engine goes with method custom, not with {method}.", "write `method: custom`.")
    source = entry.name("source", LONGEST_PATH)
    functions = {key: _function(entry, key) for key in ("optimizer", "search_space")}
    if name == "ax" and entry.data.get("search_space") is not None:
        entry.warn("search_space", "Ax makes no use of `search_space`; it reads `parameters`.", "remove it.")
        functions["search_space"] = None
    if source is None and any(functions.values()):
        entry.report.error(_PLACE, "Its functions need `source`, the Python file that has them.", "add `source: x.py`.")
    for key in ("repeat", "zip", "forbid"):
        if data.get(key) is not None:
            rule = f"`{key}` is a matter of besom's own search; the engine `{name}` does not know it."
            entry.report.error((key,), rule, "remove it.")
    _say_who_must_run(entry)
    return Engine(name, source, functions["optimizer"], functions["search_space"], _metrics(data, entry.report))


def _say_who_must_run(entry: Entry) -> None:
    rule = "Its engine runs in `besom sweep-scheduler ID`, which has to be at work beside the agents."
    entry.report.warning(_PLACE, rule, "if the server is to choose the runs, remove `scheduler`.")


def _function(entry: Entry, key: str) -> str | None:
    name = entry.name(key)
    if name is not None and not name.isidentifier():
        entry.error(key, f"`{key}` is the name of a function in `source`.", f"write, for example, `{key}: make_it`.")
        return None
    return name


def _check_no_metrics(data: dict[str, Any], report: Report) -> None:
    if data.get("metrics") is not None:
        report.error(
            ("metrics",),
            "besom's own search has one objective.",
            "log one number that combines them, and name it in `metric`; or let Optuna or Ax search, with `scheduler`.",
        )


def _metrics(data: dict[str, Any], report: Report) -> tuple[Metric, ...]:
    block = data.get("metrics")
    path: Path = ("metrics",)
    if block is None:
        return ()
    if data.get("metric") is not None:
        report.error(path, "A sweep has `metric` or `metrics`, not both.", "remove one of them.")
    if not isinstance(block, list) or len(block) < 2:
        report.error(path, "`metrics` is a list of at least two objectives.", "write one as `metric`.", block)
        return ()
    found = [check_metric(item, report, (*path, number)) for number, item in enumerate(block)]
    metrics = tuple(metric for metric in found if metric is not None)
    if len({metric.name for metric in metrics}) < len(metrics):
        report.error(path, "One objective is listed twice.", "remove one of the two.")
    return metrics
