"""The check of a whole configuration: plain data in, ``SweepConfig`` out, every problem reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from besom.config.budget import check_budget
from besom.config.command_check import check_command
from besom.config.condition_check import check_condition
from besom.config.constant_conditions import warn_of_constant_conditions
from besom.config.early_terminate import check_early_terminate, warn_of_use
from besom.config.engines import check_controller, check_engine, check_search
from besom.config.entry import Entry
from besom.config.formula_trial import try_formulas
from besom.config.method_rules import check_method_fits
from besom.config.model import Condition, Engine, GridOrder, Method, Repeat, SweepConfig
from besom.config.model import Path as ParameterPath
from besom.config.objective import check_metric
from besom.config.parameters import check_parameters
from besom.config.points import check_points
from besom.config.problem import LONGEST_PATH, Path
from besom.config.repeats import check_repeat
from besom.config.report import Report
from besom.config.retries import check_retry
from besom.config.scope import Scope
from besom.config.spelling import did_you_mean
from besom.config.zips import check_zips

METHODS = ("grid", "random", "bayes", "custom")
_KEYS = (
    "method", "parameters", "program", "metric", "metrics", "early_terminate", "run_cap", "command", "name",
    "description", "project", "entity", "controller", "scheduler", "seed", "start_with", "forbid", "zip", "repeat",
    "retry", "budget", "grid_order", "search", "priority",
)  # fmt: skip
_WITHOUT_EFFECT = ("apiVersion", "kind")
_LAUNCH_KEYS = ("job", "image_uri", "launch")
_MOST_CONDITIONS = 1000
_OF_PARAMETERS = ("when", "expr")
_ADVICE = {
    "count": "remove it, and limit the sweep with `run_cap` or one agent with `besom agent --count`.",
    "num_trials": "write `run_cap` to limit the number of runs.",
    "WANDB_DIR": "set it in the environment of the agent.",
}


def check(data: dict[str, Any], report: Report, literals: dict[Path, str]) -> SweepConfig | None:
    """Check ``data`` (JSON data, owned by the caller and completed in place). Returns None if errors were reported."""
    entry = Entry(data, (), report)
    _check_keys(entry)
    method = _method(entry)
    searched = cast(Method, method or "random")
    engine = check_engine(data, method, report)
    scope = _parameters(entry, engine, searched)
    forbid = _forbid(data.get("forbid"), scope, report)
    zips = check_zips(data.get("zip"), scope, report)
    repeat = check_repeat(data.get("repeat"), scope, forbid, zips, report)
    controller = check_controller(data, report)
    run_cap = _whole(entry, "run_cap", at_least=1)
    budget = check_budget(data.get("budget"), run_cap, report, has_metric=data.get("metric") is not None)
    config = SweepConfig(
        method=searched,
        parameters=scope.parameters,
        metric=check_metric(data.get("metric"), report),
        early_terminate=check_early_terminate(data.get("early_terminate"), report, controller),
        run_cap=run_cap if budget is None or budget.runs is None else budget.runs,
        program=entry.name("program", LONGEST_PATH),
        command=check_command(data.get("command"), _names(scope, repeat), literals, report),
        name=_one_line(entry, "name"),
        description=entry.text("description"),
        project=entry.name("project"),
        entity=entry.name("entity"),
        controller=controller,
        seed=_whole(entry, "seed", at_least=0),
        forbid=forbid,
        zips=zips,
        repeat=repeat,
        retry=check_retry(data.get("retry"), report),
        budget=budget,
        grid_order=_grid_order(entry, method),
        priority=_whole(entry, "priority") or 0,
        search=check_search(entry, method),
        engine=engine,
        stored=data,
    )
    if method is not None:
        check_method_fits(config, data, report)
    if report.has_errors():
        return None
    try_formulas(config, report)
    warn_of_constant_conditions(config, report)
    warn_of_use(config.metric, config.early_terminate, report)
    if report.has_errors():
        return None
    config = replace(config, start_with=check_points(data.get("start_with"), config, ("start_with",), report))
    return None if report.has_errors() else config


def _parameters(entry: Entry, engine: Engine | None, method: Method) -> Scope:
    block = entry.data.get("parameters")
    if not block and engine is not None and engine.search_space is not None:
        return Scope((), (), method)
    if "parameters" in entry.data:
        return check_parameters(block, ("parameters",), method, entry.report)
    _report_missing(entry, "parameters", "add, for example, `parameters: {lr: {min: 0.001, max: 0.1}}`.")
    return Scope((), (), method)


def _forbid(block: Any, scope: Scope, report: Report) -> tuple[Condition, ...]:
    if block is None:
        return ()
    if not isinstance(block, list):
        fix = "write `forbid: [{optimizer: sgd, batch_size: 64}]`."
        report.error(("forbid",), "`forbid` is a list of conditions.", fix, block)
        return ()
    if len(block) > _MOST_CONDITIONS:
        rule = f"`forbid` has {len(block):,} conditions; at most {_MOST_CONDITIONS:,} are checked for each point."
        report.error(("forbid",), rule, "say with one formula what many conditions have in common.")
        return ()
    read = [check_condition(item, ("forbid", number), scope, report) for number, item in enumerate(block)]
    return tuple(condition for condition in read if condition is not None)


def _names(scope: Scope, repeat: Repeat | None) -> dict[ParameterPath, bool]:
    """The paths of all that a run is given, and whether every run is."""
    counted = {repeat.parameter: True} if repeat and repeat.parameter else {}
    return {parameter.path: not parameter.when for parameter in scope.parameters} | counted


def _grid_order(entry: Entry, method: str | None) -> GridOrder:
    if entry.data.get("grid_order") is None:
        return "sorted"
    order = entry.choice("grid_order", ("sorted", "random"))
    if method not in ("grid", None):
        entry.warn("grid_order", f"`grid_order` has no effect with `method: {method}`.", "remove it.")
    return cast(GridOrder, order or "sorted")


def _check_keys(entry: Entry) -> None:
    for key in entry.data:
        if key in _KEYS or key in _WITHOUT_EFFECT:
            continue
        if key in _OF_PARAMETERS:
            entry.error(key, f"`{key}` belongs to a parameter.", "write it inside the parameter that it is about.")
        elif key in _LAUNCH_KEYS:
            entry.warn(
                key, f"`{key}` belongs to W&B Launch, which besom does not have; it has no effect.", "remove it."
            )
        elif key == "settings":
            entry.warn(key, "`settings` has no effect.", "remove it.")
        else:
            guess = "" if key in _ADVICE else did_you_mean(key, _KEYS)
            entry.warn(
                key,
                f"A sweep has no key `{key}`; it has no effect.{guess}",
                _ADVICE.get(key, "" if guess else "remove it."),
            )


def _method(entry: Entry) -> str | None:
    if entry.data.get("method") is not None:
        return entry.choice("method", METHODS)
    _report_missing(entry, "method", "add `method: bayes`, `method: random` or `method: grid`.")
    return None


def _report_missing(entry: Entry, key: str, fix: str) -> None:
    """Report that a required key is missing; often it is there, but one level too deep."""
    for outer, block in entry.data.items():
        if outer != "parameters" and isinstance(block, dict) and key in block:
            entry.report.error(
                (outer, key),
                f"`{key}` is required at the top level, but here it is inside `{outer}`.",
                f"move `{key}` out of `{outer}`, to the start of a line.",
            )
            return
    entry.report.error((), f"The key `{key}` is missing.", fix)


def _one_line(entry: Entry, key: str) -> str | None:
    """Text for a table's cell: YAML's block texts end with a line feed."""
    text = entry.name(key)
    if text:
        text = entry.data[key] = " ".join(text.split())
    return text


def _whole(entry: Entry, key: str, at_least: int | None = None) -> int | None:
    value = entry.data.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        entry.error(key, f"`{key}` must be a whole number, not text.", f"write `{key}: 10`, without quotes.")
        return None
    number = entry.integer(key)
    if number is not None and at_least is not None and number < at_least:
        entry.error(key, f"`{key}` must be a whole number of at least {at_least}.", f"write `{key}: {at_least or 7}`.")
        return None
    return number
