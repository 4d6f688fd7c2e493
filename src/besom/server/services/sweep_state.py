"""The one function that changes a sweep's state; with an ended sweep ends its queue."""

from __future__ import annotations

from typing import Any

from besom.protocol import SweepState
from besom.server.services.context import Unit
from besom.server.services.endings import Ending
from besom.server.services.live import project_topic, sweep_topic
from besom.server.services.run_state import change_run_state
from besom.server.services.states import SweepCause, is_open, next_sweep_state
from besom.server.store import queue, sweeps

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
        end_queue(unit, sweep.id, reason)
    return state


def end_queue(unit: Unit, sweep_id: str, reason: str) -> None:
    """Ends the queued points of a sweep that has ended. Preempted runs stay, in case it is resumed."""
    for run in queue.queued(unit.conn, sweep_id):
        change_run_state(unit, run, "drop", "server", ending=Ending("killed", f"{reason}; it had not begun"))
