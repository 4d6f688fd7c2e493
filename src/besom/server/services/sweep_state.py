"""The one function that changes a sweep's state, and the ends that a sweep comes to by itself."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol import SweepState
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.live import sweep_topic
from besom.server.services.states import SweepCause, is_open, next_sweep_state
from besom.server.store import sweeps

_EVENTS: dict[SweepCause, str] = {
    "start": "sweep.started",
    "pause": "sweep.paused",
    "resume": "sweep.resumed",
    "stop": "sweep.stopped",
    "cancel": "sweep.canceled",
    "complete": "sweep.finished",
}


def change_sweep_state(unit: Unit, sweep: Any, cause: SweepCause, actor: str, reason: str) -> SweepState:
    """Takes a sweep (a row with its project) to its next state, with an event; waiting agents look again.

    Raises:
        Conflict: the cause is not allowed in the sweep's state.
    """
    state = next_sweep_state(sweep.state, cause, f"{sweep.entity}/{sweep.project}/{sweep.id}")
    if state == sweep.state:
        return state
    version = unit.changed(sweep.project_id, "sweep", sweep.id)
    sweeps.change(
        unit.conn, sweep.id, {"state": state, "state_reason": reason, "updated": unit.now, "version": version}
    )
    unit.event(sweep.project_id, _EVENTS[cause], actor, reason, sweep_id=sweep.id)
    unit.wake(sweep_topic(sweep.id))
    if not is_open(state):
        from besom.server.services.queue import end_queue  # it changes runs, and runs tell their sweeps of changes

        end_queue(unit, sweep.id, reason)
    return state


def touch_sweep(unit: Unit, project_id: int, sweep_id: str | None) -> None:
    """Notes that the counts or the best run of a sweep changed."""
    if sweep_id is not None and sweep_id not in unit.touched:
        unit.touched.add(sweep_id)
        sweeps.change(unit.conn, sweep_id, {"version": unit.changed(project_id, "sweep", sweep_id)})


def cap_state(unit: Unit, sweep: Any, plan: Plan) -> Literal["free", "undecided", "reached"]:
    """Whether ``run_cap`` allows another run; undecided while that hangs on runs that have reported nothing yet."""
    cap = plan.config.run_cap
    if cap is None or sweep.runs_made < cap:
        return "free"
    counted, silent = sweeps.counted_runs(unit.conn, sweep.id)
    if counted < cap:
        return "free"
    return "undecided" if counted - silent < cap else "reached"


def settle(unit: Unit, sweep: Any, plan: Plan) -> None:
    """Called when a run of the sweep has reported for the first time or has ended: that may decide about the cap."""
    if plan.config.run_cap is None or not is_open(sweep.state):
        return
    cap = cap_state(unit, sweep, plan)
    if cap == "reached":
        change_sweep_state(unit, sweep, "complete", "server", cap_reason(plan))
    elif cap == "free":
        unit.wake(sweep_topic(sweep.id))


def cap_reason(plan: Plan) -> str:
    """Why a sweep with all its runs has ended."""
    return f"run_cap is reached: {plan.config.run_cap} runs were started"


_GRID_REASON = "every point of the grid has a run"


def grid_reason(plan: Plan) -> str:
    """Why a grid sweep has ended."""
    points = f"{plan.grid.configurations} point{'' if plan.grid.configurations == 1 else 's'}"
    return f"{_GRID_REASON} ({points}{f', {plan.grid.times} repeats each' if plan.grid.times > 1 else ''})"


def is_walked(sweep: Any) -> bool:
    """Whether a grid sweep has ended because every point has a run."""
    return bool(sweep.config["method"] == "grid" and sweep.state_reason.startswith(_GRID_REASON))
