"""The one function that changes a sweep's state."""

from __future__ import annotations

from typing import Any

from besom.protocol import SweepState
from besom.server.services.context import Unit
from besom.server.services.live import project_topic, sweep_topic
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
    changes: dict[str, Any] = {"state": state, "state_reason": reason, "updated": unit.now}
    if state == "RUNNING":
        changes["active_since"] = unit.awake
    elif sweep.active_since is not None:
        active = sweep.active_seconds + max(0.0, unit.awake - sweep.active_since)
        changes |= {"active_since": None, "active_seconds": active}
    sweeps.change(unit.conn, sweep.id, {**changes, "version": unit.changed(sweep.project_id, "sweep", sweep.id)})
    unit.event(sweep.project_id, _EVENTS[cause], actor, reason, sweep_id=sweep.id)
    unit.wake(sweep_topic(sweep.id))
    if is_open(state):
        unit.wake(project_topic(sweep.project_id))
    else:
        from besom.server.services.queue import end_queue  # it changes runs, and runs tell their sweeps of changes

        end_queue(unit, sweep.id, reason)
    return state


def touch_sweep(unit: Unit, project_id: int, sweep_id: str | None) -> None:
    """Notes that the counts or the best run of a sweep changed."""
    if sweep_id is not None and sweep_id not in unit.touched:
        unit.touched.add(sweep_id)
        sweeps.change(unit.conn, sweep_id, {"version": unit.changed(project_id, "sweep", sweep_id)})
