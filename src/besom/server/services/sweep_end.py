"""The ends that a sweep comes to by itself: every point has a run, ``run_cap`` is reached, its budget is used up.

Where all points have been handed out, a sweep with ``retry`` goes on until none of its runs can be tried again.
"""

from __future__ import annotations

from typing import Any, Literal

from besom.server.services.budget import used_up
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.grid_walk import next_free_place
from besom.server.services.live import sweep_topic
from besom.server.services.retries import may_come_again
from besom.server.services.states import is_open
from besom.server.services.sweep_state import change_sweep_state
from besom.server.store import queue, sweeps


def end_reason(unit: Unit, sweep: Any, plan: Plan) -> str | None:
    """Why an open sweep has come to its end; None while it has not."""
    if reason := used_up(unit, sweep, plan.config):
        return reason
    reason = None
    if cap_state(unit, sweep, plan) == "reached":
        reason = cap_reason(plan)
    elif plan.config.retry is not None and is_handed_out(unit, sweep, plan):
        reason = grid_reason(plan)
    return None if reason is None or may_come_again(unit.conn, sweep.id, plan) else reason


def end_if_done(unit: Unit, sweep: Any, plan: Plan) -> bool:
    """Ends a sweep that has come to its end; returns whether it has ended."""
    if not is_open(sweep.state):
        return True
    reason = end_reason(unit, sweep, plan)
    if reason is not None:
        change_sweep_state(unit, sweep, "complete", "server", reason)
    return reason is not None


def hangs_on_runs(plan: Plan) -> bool:
    """Whether what becomes of a run can be the end of its sweep, other than that of a grid."""
    config = plan.config
    return config.run_cap is not None or config.budget is not None or config.retry is not None


def settle(unit: Unit, sweep: Any, plan: Plan) -> bool:
    """``end_if_done`` where a run of the sweep has reported for the first time or has ended.

    If the sweep goes on, agents that wait look again: a run may count no more, or may not have to be tried again.
    """
    if not hangs_on_runs(plan):
        return not is_open(sweep.state)
    has_ended = end_if_done(unit, sweep, plan)
    if not has_ended:
        unit.wake(sweep_topic(sweep.id))
    return has_ended


def cap_state(unit: Unit, sweep: Any, plan: Plan) -> Literal["free", "undecided", "reached"]:
    """Whether ``run_cap`` allows another point; undecided while that hangs on runs that have reported nothing yet."""
    cap = plan.config.run_cap
    if cap is None or sweep.runs_made < cap:
        return "free"
    counted, silent = sweeps.counted_runs(unit.conn, sweep.id)
    if counted < cap:
        return "free"
    return "undecided" if counted - silent < cap else "reached"


def cap_reason(plan: Plan) -> str:
    """Why a sweep with all its runs has ended."""
    return f"{plan.config.cap_key} is reached: {plan.config.run_cap} runs were started"


_GRID_REASON = "every point of the grid has a run"


def grid_reason(plan: Plan) -> str:
    """Why a grid sweep has ended."""
    points = f"{plan.grid.configurations} point{'' if plan.grid.configurations == 1 else 's'}"
    return f"{_GRID_REASON} ({points}{f', {plan.grid.times} repeats each' if plan.grid.times > 1 else ''})"


def is_walked(sweep: Any) -> bool:
    """Whether a grid sweep has ended because every point has a run."""
    return bool(sweep.config["method"] == "grid" and sweep.state_reason.startswith(_GRID_REASON))


def is_handed_out(unit: Unit, sweep: Any, plan: Plan) -> bool:
    """Whether every point of a grid has a run; a grid that would have to be counted first is left to the next agent."""
    if plan.config.method != "grid" or plan.config.is_searched_outside or not plan.is_ready:
        return False
    if sweep.state != "RUNNING":
        return False
    free, walked = next_free_place(unit, sweep, plan, take=False)
    sweeps.change(unit.conn, sweep.id, {"suggested": walked})
    return free is None and not queue.has_any(unit.conn, sweep.id)
