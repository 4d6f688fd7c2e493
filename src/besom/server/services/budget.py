"""What a sweep has used of its ``budget``, and whether that is all; ``runs`` is another word for ``run_cap``.

The limits end a sweep, not its runs: no new ones start, and those under way go on to their end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from besom.protocol import BudgetUse
from besom.server.store import budgets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config.model import Budget, SweepConfig
    from besom.server.services.consumption import Consumption
    from besom.server.services.context import Context, Unit

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of the limits that a budget has; 0 for others."""

    hours: float = 0.0
    """In which the sweep was RUNNING."""
    gpu_hours: float = 0.0
    runs_without_improvement: int = 0
    """Whole runs that ended after the best one."""
    best: str | None = None
    """That run's name."""


def active_hours(sweep: Any, now: float) -> float:
    """For how long a sweep (a row) has been RUNNING. Pure."""
    running = 0.0 if sweep.active_since is None else max(0.0, now - sweep.active_since)
    return float(sweep.active_seconds + running) / _HOUR


def exhausted(budget: Budget, used: Used) -> str | None:
    """Which limit is reached, as a sentence; None while none is. Pure."""
    if budget.hours is not None and used.hours >= budget.hours:
        return f"budget.hours: {budget.hours:g} h are used up; runs that are under way go on to their end"
    if budget.gpu_hours is not None and used.gpu_hours >= budget.gpu_hours:
        return f"budget.gpu_hours: {budget.gpu_hours:g} h are used up; runs that are under way go on to their end"
    patience = budget.no_improvement_in
    if patience is not None and used.runs_without_improvement >= patience:
        better = f"better than {used.best}" if used.best else "a number of the metric"
        return f"budget.no_improvement_in: none of the last {used.runs_without_improvement} runs was {better}"
    return None


def used_up(unit: Unit, sweep: Any, config: SweepConfig) -> str | None:
    """Why a sweep's budget allows no more runs; None while it does, or where there is none."""
    budget = config.budget
    if budget is None:
        return None
    limits = [key for key in _LIMITS if getattr(budget, key) is not None]
    goal = config.metric.goal if config.metric else None
    own = unit.own_version(sweep.project_id)
    return exhausted(budget, _measure(unit.consumption, unit.conn, sweep, limits, goal, unit.awake, own))


def shown(ctx: Context, conn: Connection, sweep: Any) -> list[BudgetUse]:
    """The limits of a sweep, other than its number of runs, and what was used of each."""
    stored = sweep.config.get("budget")
    if not isinstance(stored, dict):
        return []
    limits = [key for key in _LIMITS if isinstance(stored.get(key), int | float)]
    goal = (sweep.config.get("metric") or {}).get("goal", "minimize")
    used = _measure(ctx.consumption, conn, sweep, limits, goal, ctx.clock(), None)
    return [BudgetUse(key=key, used=_LIMITS[key](used), limit=stored[key]) for key in limits]


_LIMITS: dict[str, Callable[[Used], float]] = {
    "hours": lambda used: used.hours,
    "gpu_hours": lambda used: used.gpu_hours,
    "no_improvement_in": lambda used: used.runs_without_improvement,
}
"""By their keys in a configuration."""


def _measure(
    consumption: Consumption,
    conn: Connection,
    sweep: Any,
    limits: Collection[str],
    goal: str | None,
    now: float,
    own: int | None,
) -> Used:
    """What a sweep has used of these limits; ``own`` is as for ``Consumption.totals``."""
    used = Used(hours=active_hours(sweep, now) if "hours" in limits else 0.0)
    is_stale = "no_improvement_in" in limits and goal is not None
    if not is_stale and "gpu_hours" not in limits:
        return used
    best, end = budgets.best(conn, sweep.id, goal) if is_stale and goal is not None else (None, None)
    totals = consumption.totals(conn, sweep, end, own)
    if "gpu_hours" in limits:
        seconds = totals.gpu_seconds + budgets.living_gpu_seconds(conn, sweep.id)
        used = replace(used, gpu_hours=seconds / _HOUR)
    return replace(used, runs_without_improvement=totals.whole_after, best=best) if is_stale else used
