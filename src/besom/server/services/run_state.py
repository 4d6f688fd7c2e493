"""The one function that changes a run's state, and orders to stop."""

from __future__ import annotations

from typing import Any

from besom.protocol import RunState
from besom.server.services.context import Unit
from besom.server.services.endings import Ending
from besom.server.services.live import agent_topic, sweep_topic
from besom.server.services.states import ENDED, RunCause, next_run_state
from besom.server.services.sweep_state import touch_sweep
from besom.server.store import runs


def change_run_state(
    unit: Unit,
    run: Any,
    cause: RunCause,
    actor: str,
    *,
    ending: Ending | None = None,
    exit_code: int | None = None,
    values: dict[str, Any] | None = None,
) -> Any:
    """Takes a run to its next state, with an event where the state changes; returns the run's row.

    Args:
        unit: The transaction.
        run: The run's row.
        cause: What happened.
        actor: Who is behind it.
        ending: With an end, how it ended.
        exit_code: As it was reported.
        values: More columns to set.
    """
    before: RunState = run.state
    state = next_run_state(before, cause, outcome=ending.state if ending else None, exit_code=run.exit_code)
    changes = dict(values or {})
    reason = ending.reason if ending else ""
    if state != before or cause == "process_exit":
        changes |= {"state": state, "reason": reason}
        if state in ENDED:
            changes["ended"] = run.ended or unit.now
            changes["exit_code"] = exit_code
        elif before in ENDED:  # it was only silent
            changes["ended"] = None
    if not changes:
        return run
    changes["version"] = unit.changed(run.project_id, "run", run.id)
    row = runs.change(unit.conn, run.key, changes)
    if state != before:
        kind = "run.started" if before == "pending" and state == "running" else f"run.{state}"
        if before in ENDED and state == "running":
            kind, reason = "run.returned", "it is heard again"
        subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": run.agent_id}
        unit.event(run.project_id, kind, actor, reason, **subject)
        touch_sweep(unit, run.project_id, run.sweep_id)
    return row


def order_stop(unit: Unit, run: Any, actor: str, reason: str, *, kill: bool = False) -> Any:
    """Tells an unfinished run to end: through its agent, and with the answer to what it reports next."""
    if run.stop_reason is not None and (run.stop_kill or not kill):
        return run
    values = {"stop_reason": reason, "stop_kill": kill, "version": unit.changed(run.project_id, "run", run.id)}
    row = runs.change(unit.conn, run.key, values)
    subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": run.agent_id}
    unit.event(run.project_id, "run.stopped", actor, reason, **subject)
    if run.agent_id is not None:
        unit.wake(agent_topic(run.agent_id))
    return row


def lose(unit: Unit, run: Any, reason: str) -> Any:
    """A run that nobody hears of any more. It may come back: its process was not seen to die."""
    if run.sweep_id is not None:
        unit.wake(sweep_topic(run.sweep_id))
    return change_run_state(unit, run, "lost", "server", ending=Ending("crashed", reason))
