"""A run's values of its sweep's metric, and what a report of it leads to: the run or the sweep ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.early_stopping import judge
from besom.server.services.run_state import order_stop
from besom.server.services.states import UNFINISHED, is_open
from besom.server.services.sweep_state import change_sweep_state
from besom.server.store import sweeps

if TYPE_CHECKING:
    from besom.config.model import Metric

METRIC_COLUMNS = ("metric_count", "metric_best", "metric_worst", "metric_last", "metric_tail", "metric_value")
"""Columns of a run that ``add_values`` keeps up to date."""
NO_VALUES: dict[str, Any] = {**dict.fromkeys(METRIC_COLUMNS), "metric_count": 0}
"""Those columns of a run that has reported none."""


@dataclass(frozen=True, slots=True)
class NewValues:
    """The metric's new values, and the columns of the run after them."""

    logged: list[float]
    numbers: list[float]
    """What the run counted with after each of them."""
    columns: dict[str, Any]


def add_values(run: Any, metric: Metric, logged: list[float], by_hand: list[float]) -> NewValues | None:
    """A run's metric after more finite values; None when there are none.

    A value set on the summary can be the run's best, as search expects; it is no step of the curve that early stopping
    looks at, and that ``metric.use: last`` and ``mean_last`` speak of: with these it counts only for a run without one.

    Args:
        run: Its row, or anything else with ``METRIC_COLUMNS``.
        metric: The sweep's.
        logged: Values of the history, oldest first.
        by_hand: Values that were set on the summary.
    """
    values = [*logged, *by_hand]
    if not values:
        return None
    better, worse = (min, max) if metric.goal == "minimize" else (max, min)
    best, worst = run.metric_best, run.metric_worst
    best = better(values if best is None else [best, *values])
    tail: list[float] = run.metric_tail or []
    if metric.use == "best":
        numbers, value = values, best
    else:
        whole = [*tail, *logged]
        ends = range(len(tail) + 1, len(whole) + 1)
        numbers = [_mean(whole[max(0, end - metric.window) : end]) for end in ends]
        tail = whole[-metric.window :]
        if not whole:
            numbers = by_hand
        value = numbers[-1] if numbers else run.metric_value
    columns = {
        "metric_count": run.metric_count + len(logged),
        "metric_best": best,
        "metric_worst": worse(values if worst is None else [worst, *values]),
        "metric_last": logged[-1] if logged else run.metric_last,
        "metric_tail": tail or None,
        "metric_value": value,
    }
    return NewValues(logged, numbers, columns)


def _mean(values: list[float]) -> float:
    """Divides first, so that the sum of very large values is finite."""
    return values[0] if len(values) == 1 else math.fsum(value / len(values) for value in values)


def reaches(metric: Metric, value: float) -> bool:
    """Whether a value is at the target or better."""
    if metric.target is None:
        return False
    return value <= metric.target if metric.goal == "minimize" else value >= metric.target


def act_on(unit: Unit, plan: Plan, sweep: Any, metric: Metric, before: Any, run: Any, new: NewValues) -> Any:
    """What new values lead to; returns the run's row. ``before`` is the row without them."""
    if run.metric_value != before.metric_value and _moves_best(unit, sweep.id, metric, before, run):
        unit.touch_sweep(run.project_id, sweep.id)
    reached = [number for number in new.numbers if reaches(metric, number)]
    if reached and is_open(sweep.state):
        reason = f"{run.name} reached the target: {metric.name} = {reached[0]:.6g}, wanted {metric.target:.6g}"
        change_sweep_state(unit, sweep, "complete", "server", reason)
    stop = judge(unit.conn, plan, before, run, new.logged)
    if stop is not None and run.state in UNFINISHED:
        run = order_stop(unit, run, "early stopping", stop.reason, stopped=stop.as_record())
    return run


def _moves_best(unit: Unit, sweep_id: str, metric: Metric, before: Any, run: Any) -> bool:
    """Whether the run is the best of its sweep now, or may have been it before; with most values it is neither."""
    best = sweeps.best_run(unit.conn, sweep_id, metric.goal)
    if best is None or best.id == run.id:
        return True
    better = min if metric.goal == "minimize" else max
    at_least = better(before.metric_value, best.metric_value) if before.metric_value is not None else None
    return at_least is not None and at_least == before.metric_value
