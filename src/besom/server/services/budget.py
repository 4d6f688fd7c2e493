"""What a sweep has used of its ``budget``, and whether that is all; ``runs`` is another word for ``run_cap``.

The limits end a sweep, not its runs: no new ones start, and those under way go on to their end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besom.protocol import BudgetUse
from besom.server.store import budgets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config.model import Budget, SweepConfig

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


def measure(conn: Connection, sweep: Any, config: SweepConfig, now: float) -> Used:
    """What a sweep has used of the limits that it has."""
    budget = config.budget
    if budget is None:
        return Used()
    stale, best = 0, None
    if budget.no_improvement_in is not None and config.metric is not None:
        stale, best = budgets.whole_runs_since_best(conn, sweep.id, config.metric.goal)
    return Used(
        hours=active_hours(sweep, now) if budget.hours is not None else 0.0,
        gpu_hours=budgets.gpu_seconds(conn, sweep.id) / _HOUR if budget.gpu_hours is not None else 0.0,
        runs_without_improvement=stale,
        best=best,
    )


def used_up(conn: Connection, sweep: Any, config: SweepConfig, now: float) -> str | None:
    """Why a sweep's budget allows no more runs; None while it does, or where there is none."""
    return None if config.budget is None else exhausted(config.budget, measure(conn, sweep, config, now))


def shown(conn: Connection, sweep: Any, now: float) -> list[BudgetUse]:
    """The limits of a sweep, other than its number of runs, and what was used of each."""
    stored = sweep.config.get("budget")
    if not isinstance(stored, dict):
        return []
    uses = []
    for key in ("hours", "gpu_hours", "no_improvement_in"):
        limit = stored.get(key)
        if isinstance(limit, int | float):
            uses.append(BudgetUse(key=key, used=_used(conn, sweep, key, now), limit=limit))
    return uses


def _used(conn: Connection, sweep: Any, key: str, now: float) -> float:
    if key == "hours":
        return active_hours(sweep, now)
    if key == "gpu_hours":
        return budgets.gpu_seconds(conn, sweep.id) / _HOUR
    goal = (sweep.config.get("metric") or {}).get("goal", "minimize")
    return budgets.whole_runs_since_best(conn, sweep.id, goal)[0]
