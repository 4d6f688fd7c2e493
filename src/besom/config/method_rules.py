"""What each search method asks of the rest of the configuration."""

from __future__ import annotations

from typing import Any

from besom.config.model import Categorical, Constant, Derived, IntUniform, Parameter, SweepConfig, Uniform
from besom.config.problem import Path
from besom.config.report import Report


def check_method_fits(config: SweepConfig, data: dict[str, Any], report: Report) -> None:
    """Report what the method cannot work with. ``data`` tells what was absent from what was faulty."""
    if data.get("early_terminate") is not None and data.get("metric") is None:
        report.error(
            ("early_terminate",),
            "`early_terminate` compares runs by the `metric`, but there is none.",
            "add, for example, `metric: {name: val_loss, goal: minimize}`.",
        )
    if data.get("retry") is not None and (config.method == "custom" or config.controller == "local"):
        rule = "Here the runs are chosen outside the server, so what is tried again is up to what chooses them."
        report.error(("retry",), rule, "remove it, and propose the point of a run that broke again.")
    if config.method == "grid":
        for parameter in config.parameters:
            _check_grid(parameter, report)
    elif config.method == "bayes":
        _check_bayes(config, data, report)
    elif config.method == "custom":
        _check_custom(config, data, report)


def _check_bayes(config: SweepConfig, data: dict[str, Any], report: Report) -> None:
    if data.get("metric") is None:
        report.error(
            ("method",),
            "`bayes` needs a `metric` to optimise.",
            "add, for example, `metric: {name: val_loss, goal: minimize}`.",
            "bayes",
        )
    counted = config.repeat.parameter if config.repeat else None
    fixed = [isinstance(p.distribution, Constant | Derived) for p in config.parameters if p.path != counted]
    if config.parameters and all(fixed):
        report.error(
            ("parameters",),
            "`bayes` has nothing to search: every parameter is a constant, is computed, or counts the repeats.",
            "give at least one parameter `values`, or `min` and `max`.",
        )


def _check_custom(config: SweepConfig, data: dict[str, Any], report: Report) -> None:
    scheduler = data.get("scheduler")
    without_engine = scheduler is None or (isinstance(scheduler, dict) and "engine" not in scheduler)
    if config.controller != "local" and data.get("search") is None and without_engine:
        report.error(
            ("method",),
            "With `custom`, nothing would choose the runs.",
            "write `method: bayes`; or name your own function, as in `search: my_search:propose`.",
            "custom",
        )
    if data.get("repeat") is not None:
        rule = "With `custom`, how often a configuration is run is up to what chooses the runs."
        report.error(("repeat",), rule, "remove it, and propose a configuration as often as it is to be run.")


def _check_grid(parameter: Parameter, report: Report) -> None:
    path = _path(parameter)
    match parameter.distribution:
        case Constant() | Derived() | IntUniform() | Categorical(probabilities=None):
            return
        case Categorical():
            report.error(
                (*path, "probabilities"),
                "A grid tries every value once, so `probabilities` have no meaning.",
                "remove them, or write `method: random`.",
            )
        case Uniform(q=q) if q is not None:
            return
        case Uniform(low, high):
            report.error(
                path,
                f"A grid needs a finite list, but `{parameter.name}` is any number from {low:g} to {high:g}.",
                f"list `values: [...]`, or add `distribution: q_uniform` and `q: {(high - low) / 4:.3g}`, the step.",
            )
        case _:
            report.error(
                path,
                f"A grid needs a finite list, but `{parameter.name}` is `{parameter.label}`.",
                "list `values: [...]`, or write `method: random`.",
            )


def _path(parameter: Parameter) -> Path:
    """The key path of a leaf: each level of nesting adds the key ``parameters``."""
    return tuple(step for name in parameter.path for step in ("parameters", name))
