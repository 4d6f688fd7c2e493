"""The one function that changes a run's state, and orders to stop."""

from __future__ import annotations

from typing import Any

from besom.protocol import RunState
from besom.server.services.context import Unit
from besom.server.services.endings import Ending
from besom.server.services.live import agent_topic, sweep_topic
from besom.server.services.retries import BROKEN, SUPERSEDED
from besom.server.services.states import ENDED, UNFINISHED, RunCause, next_run_state
from besom.server.store import events, runs

ORDERED = "run.stopped"
"""The event of a run that was told to end, until it has ended."""
_LARGEST_CODE = 2**31 - 1
"""An operating system has none that is larger, and PostgreSQL's column none either; a program may name any."""


def change_run_state(
    unit: Unit,
    run: Any,
    cause: RunCause,
    actor: str,
    *,
    ending: Ending | None = None,
    exit_code: int | None = None,
    ended: float | None = None,
    reason: str = "",
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
        ended: When that was, where it was not now.
        reason: Of the event, where the ending does not say it.
        values: More columns to set.
    """
    before: RunState = run.state
    state = next_run_state(before, cause, outcome=ending.state if ending else None, exit_code=run.exit_code)
    changes = dict(values or {})
    if state != before or cause == "process_exit":
        changes |= {"state": state, "reason": ending.reason if ending else ""}
        if state in ENDED:
            if run.retried_by is not None and not changes["reason"]:  # it ended well, but was heard too late
                changes["reason"] = SUPERSEDED
            changes["ended"] = run.ended or ended or unit.now
            changes["exit_code"] = None if exit_code is None else max(-_LARGEST_CODE, min(exit_code, _LARGEST_CODE))
        elif before in ENDED:
            changes |= {"ended": None, "exit_code": None}
            if cause in ("hand_out", "resume") and run.heartbeat is not None:
                changes["idle"] = run.idle + max(0.0, unit.now - run.heartbeat)
        if cause == "process_exit" and before in UNFINISHED:
            changes["heartbeat"] = ended or unit.now
        if run.retry_due and state not in BROKEN:  # it is heard again, or was told to end
            changes |= {"retry_due": False, "retry_held": False}
    if not changes:
        return run
    changes["version"] = unit.changed(run.project_id, "run", run.id)
    row = runs.change(unit.conn, run.key, changes)
    if state != before or cause == "resume":
        subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": row.agent_id or run.agent_id}
        kind = _event(before, state, cause)
        if kind == "run.returned":
            reason = "it is heard again"
        if ending is not None and run.stop_reason and ending.reason.startswith(run.stop_reason):
            # One event tells of the end and of the order behind it, in the name of who gave that.
            actor = events.take(unit.conn, run.project_id, run.id, ORDERED) or actor
        unit.event(run.project_id, kind, actor, ending.reason if ending else reason, **subject)
        unit.touch_sweep(run.project_id, run.sweep_id)
        if kind == "run.returned" and row.retried_by is not None:
            row = order_stop(unit, row, "server", SUPERSEDED)
    return row


def _event(before: RunState, state: RunState, cause: RunCause) -> str:
    if cause == "resume":
        return "run.resumed"
    if cause == "hand_out":
        return "run.handed_out"
    if state == "running":
        return "run.returned" if before in ENDED else "run.started"
    return f"run.{state}"


def order_stop(
    unit: Unit, run: Any, actor: str, reason: str, *, kill: bool = False, stopped: dict[str, Any] | None = None
) -> Any:
    """Tells an unfinished run to end: through its agent, and with the answer to what it reports next.

    ``stopped`` is the record of early stopping's decision, where that is behind it. Returns the run's new row, or
    ``run`` itself where it had been told already.
    """
    if run.state == "pending" and run.agent_id is None:  # it waits in its sweep's queue: nobody would hear of it
        return change_run_state(unit, run, "drop", actor, ending=Ending("killed", f"{reason}; it had not begun"))
    if run.stop_reason is not None and (run.stop_kill or not kill):
        return run
    values = {"stop_reason": reason, "stop_kill": kill, "version": unit.changed(run.project_id, "run", run.id)}
    if stopped is not None:
        values["stopped"] = stopped
    row = runs.change(unit.conn, run.key, values)
    unit.run_event(run, ORDERED, actor, reason)
    if run.agent_id is not None:
        unit.wake(agent_topic(run.agent_id))
    return row


def lose(unit: Unit, run: Any, reason: str) -> Any:
    """A run that nobody hears of any more. It may come back: its process was not seen to die."""
    if run.sweep_id is not None:
        unit.wake(sweep_topic(run.sweep_id))
    state: RunState = "preempted" if run.state == "preempting" else "crashed"
    return change_run_state(unit, run, "lost", "server", ending=Ending(state, reason))
