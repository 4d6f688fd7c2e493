"""A run's values of its sweep's metric, and what a report of it leads to: the run or the sweep ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from besom.protocol import MetricGoal
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.early_stopping import judge
from besom.server.services.run_state import order_stop
from besom.server.services.states import UNFINISHED, is_open
from besom.server.services.sweep_state import change_sweep_state, touch_sweep


@dataclass(frozen=True, slots=True)
class NewValues:
    """The metric's new values, and the columns of the run after them."""

    logged: list[float]
    all: list[float]
    columns: dict[str, Any]


def add_values(run: Any, metric: MetricGoal, logged: list[float], by_hand: list[float]) -> NewValues | None:
    """A run's metric after more finite values; None when there are none.

    A value set on the summary can be the run's best, as search expects; it is no step of the curve that early stopping
    looks at.
    """
    values = [*logged, *by_hand]
    if not values:
        return None
    better, worse = (min, max) if metric.goal == "minimize" else (max, min)
    best, worst = run.metric_best, run.metric_worst
    columns = {
        "metric_count": run.metric_count + len(logged),
        "metric_best": better(values if best is None else [best, *values]),
        "metric_worst": worse(values if worst is None else [worst, *values]),
        "metric_last": logged[-1] if logged else run.metric_last,
    }
    return NewValues(logged, values, columns)


def reaches(metric: MetricGoal, value: float) -> bool:
    """Whether a value is at the target or better."""
    if metric.target is None:
        return False
    return value <= metric.target if metric.goal == "minimize" else value >= metric.target


def act_on(unit: Unit, plan: Plan, sweep: Any, metric: MetricGoal, before: Any, run: Any, new: NewValues) -> Any:
    """What new values lead to; returns the run's row. ``before`` is the row without them."""
    if new.columns["metric_best"] != before.metric_best:
        touch_sweep(unit, run.project_id, sweep.id)
    reached = [value for value in new.all if reaches(metric, value)]
    if reached and is_open(sweep.state):
        reason = f"{run.name} reached the target: {metric.name} = {reached[0]:.6g}, wanted {metric.target:.6g}"
        change_sweep_state(unit, sweep, "complete", "server", reason)
    stop = judge(unit.conn, plan, run, before.metric_count, new.logged)
    if stop is not None and run.state in UNFINISHED:
        run = order_stop(unit, run, "early stopping", stop)
    return run
