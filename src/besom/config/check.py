"""The check of a whole configuration: plain data in, ``SweepConfig`` out, every problem reported."""

from __future__ import annotations

from typing import Any, Literal, cast

from besom.config.command_check import check_command
from besom.config.early_terminate import check_early_terminate
from besom.config.entry import Entry
from besom.config.method_rules import check_method_fits
from besom.config.model import Method, SweepConfig
from besom.config.objective import check_metric
from besom.config.parameters import check_parameters
from besom.config.points import Point, check_points
from besom.config.problem import Path
from besom.config.report import Report
from besom.config.spelling import did_you_mean

METHODS = ("grid", "random", "bayes", "custom")
_KEYS = (
    "method", "parameters", "program", "metric", "metrics", "early_terminate", "run_cap", "command", "name",
    "description", "project", "entity", "controller", "scheduler", "seed", "start_with",
)  # fmt: skip
_WITHOUT_EFFECT = ("apiVersion", "kind")
_LAUNCH_KEYS = ("job", "image_uri", "launch")
_NOT_YET = ("forbid", "zip", "repeat", "retry", "budget", "grid_order", "when", "expr")
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
    controller = _controller(entry)
    _check_outside_engines(entry)
    if "parameters" in data:
        parameters = check_parameters(data["parameters"], ("parameters",), report)
    else:
        parameters = ()
        _report_missing(entry, "parameters", "add, for example, `parameters: {lr: {min: 0.001, max: 0.1}}`.")
    metric = check_metric(data.get("metric"), report)
    early_terminate = check_early_terminate(data.get("early_terminate"), report)
    start_with: tuple[Point, ...] = ()
    if parameters and method and not report.has_errors():
        start_with = check_points(data.get("start_with"), parameters, cast(Method, method), ("start_with",), report)
    config = SweepConfig(
        method=cast(Method, method or "random"),
        parameters=parameters,
        metric=metric,
        early_terminate=early_terminate,
        run_cap=_whole(entry, "run_cap", at_least=1),
        program=entry.text("program"),
        command=check_command(data.get("command"), parameters, literals, report),
        name=_one_line(entry, "name"),
        description=entry.text("description"),
        project=entry.text("project"),
        entity=entry.text("entity"),
        controller=controller,
        seed=_whole(entry, "seed", at_least=0),
        start_with=start_with,
        stored=data,
    )
    if method is not None:
        check_method_fits(config, data, report)
    return None if report.has_errors() else config


def _check_keys(entry: Entry) -> None:
    for key in entry.data:
        if key in _KEYS or key in _WITHOUT_EFFECT:
            continue
        if key in _NOT_YET:
            entry.error(
                key,
                f"`{key}` is not supported by this version of besom, and without it the sweep would mean "
                "something else.",
                "remove it.",
            )
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


def _controller(entry: Entry) -> Literal["cloud", "local"]:
    block = entry.data.get("controller")
    if block is None:
        return "cloud"
    if not isinstance(block, dict):
        entry.error("controller", "`controller` must be a mapping with a `type`.", "remove it.")
        return "cloud"
    inner = Entry(block, ("controller",), entry.report)
    if "type" not in block:
        entry.report.error(("controller",), "`controller` needs a `type`.", "add `type: cloud`.")
        return "cloud"
    kind = inner.choice("type", ("cloud", "local"))
    if kind == "local":
        inner.warn(
            "type",
            "The server chooses no runs of this sweep: agents get only those that `besom enqueue` or an engine of "
            "yours, with `Sweep.enqueue_run`, puts into its queue.",
            "if the server is to choose them, remove `controller`.",
        )
    return cast(Literal["cloud", "local"], kind or "cloud")


def _check_outside_engines(entry: Entry) -> None:
    scheduler = entry.data.get("scheduler")
    if scheduler is not None:
        engine = scheduler.get("engine") if isinstance(scheduler, dict) else None
        if engine == "wandb" or (isinstance(scheduler, dict) and "engine" not in scheduler):
            entry.report.warning(
                ("scheduler",),
                "besom's server chooses the runs itself; `scheduler` has no effect.",
                "remove the block.",
            )
        else:
            entry.report.error(
                ("scheduler", "engine") if engine else ("scheduler",),
                "Outside engines are not supported.",
                "remove `scheduler` and write `method: bayes`; or let the engine queue the runs, see docs/examples.md.",
                engine or scheduler,
            )
    if entry.data.get("metrics") is not None:
        entry.report.error(
            ("metrics",),
            "Several objectives are not supported.",
            "log one number that combines them, and name it in `metric`.",
        )


def _one_line(entry: Entry, key: str) -> str | None:
    """Text for a table's cell: YAML's block texts end with a line feed."""
    text = entry.text(key)
    if text:
        text = entry.data[key] = " ".join(text.split())
    return text


def _whole(entry: Entry, key: str, at_least: int) -> int | None:
    value = entry.data.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        entry.error(key, f"`{key}` must be a whole number, not text.", f"write `{key}: 10`, without quotes.")
        return None
    number = entry.integer(key)
    if number is not None and number < at_least:
        entry.error(key, f"`{key}` must be a whole number of at least {at_least}.", f"write `{key}: {at_least or 7}`.")
        return None
    return number
