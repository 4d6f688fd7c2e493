"""Runs without a program: ended, given back so that their points are free, queued to be gone on with, or to be tried
again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Unit
from besom.server.services.endings import Ending
from besom.server.services.live import sweep_topic
from besom.server.services.quarantine import judge_agent
from besom.server.services.retries import BROKEN, SUPERSEDED, hand_back, mark
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import remove
from besom.server.services.sweep_end import cap_reason, hangs_on_runs, is_walked, settle
from besom.server.services.sweep_state import change_sweep_state
from besom.server.store import queue, runs, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection


def drop(unit: Unit, run: Any, reason: str) -> Any:
    """Ends a pending or preempted run that no program will begin, or go on with; returns its row."""
    return change_run_state(unit, run, "drop", "server", ending=Ending("killed", reason))


def give_back(unit: Unit, plans: Plans, run: Any, reason: str) -> None:
    """Takes a pending run back, as if it had never been handed out; one that was told to stop is ended.

    A grid sweep that was complete with this run is not any more, and goes on.
    """
    if run.stop_reason is not None:
        conclude(unit, plans, drop(unit, run, f"{run.stop_reason}; it had not begun"))
        return
    remove(unit, drop(unit, run, reason), "server", reason)
    if run.point_index is not None:
        _reopen(unit, plans, run, f"a point of the grid is free again: {reason}", capped=False)


def give_back_try(unit: Unit, plans: Plans, run: Any, reason: str) -> bool:
    """Takes back a try that no program began: the run before it is to be tried again, as if this one had not been made.

    A sweep that was complete with this run is not any more. False where the run before it is gone.
    """
    sweep = sweeps.get(unit.conn, run.sweep_id)
    before = None if sweep is None else hand_back(unit, plans.of(sweep), run)
    if before is None:
        return False
    remove(unit, drop(unit, runs.by_key(unit.conn, run.key), reason), "server", reason)
    if before.retry_due:
        _reopen(unit, plans, before, f"{before.name} is to be tried again: {reason}", capped=True)
    unit.wake(sweep_topic(run.sweep_id))
    return True


def requeue(unit: Unit, plans: Plans, run: Any) -> Any:
    """Lets a preempted run of a sweep wait for any agent, once its process is over; other runs are left as they are.

    A sweep that was complete with this run is not any more, and goes on. One that was deleted meanwhile waits in case
    it is brought back. Returns the run's row.
    """
    if run.state != "preempted" or run.sweep_id is None:
        return run
    # No process speaks for it until another begins it: the last one may still deliver what it had logged.
    values = {"agent_id": None, "claimed": False, "version": unit.changed(run.project_id, "run", run.id)}
    run = runs.change(unit.conn, run.key, values)
    if run.deleted is None:
        _reopen(unit, plans, run, f"{run.name} was preempted and is to be gone on with", capped=True)
        unit.wake(sweep_topic(run.sweep_id))
    return run


def awaited(conn: Connection, plans: Plans, sweep: Any) -> Any | None:
    """The row of a run for which an ended sweep needs an agent soon: its machine is being taken away, and once its
    process is over, the sweep goes on with it."""
    return queue.first_leaving(conn, sweep.id) if _goes_on_with(sweep, plans.readable(sweep)) else None


def conclude(unit: Unit, plans: Plans, run: Any, *, is_over: bool = True) -> Any:
    """What follows from a run's end; returns its row.

    A preempted run waits for another agent (``requeue``), one that broke may be tried again and may speak against its
    agent, and the sweep may end with it, or go on.

    Args:
        unit: The transaction.
        plans: Of the sweeps in use.
        run: The row of a run that has ended.
        is_over: Whether its process is; else only it said so itself.
    """
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id else None
    plan = None if sweep is None else plans.readable(sweep)
    if sweep is None or plan is None:
        return requeue(unit, plans, run) if is_over else run
    if run.state in BROKEN or run.stop_reason == SUPERSEDED:
        run = mark(unit, plan, run, held=not is_over)
        if is_over:
            judge_agent(unit, run)
        if run.retry_due:
            _reopen(unit, plans, run, f"{run.name} {run.state} and is to be tried again", capped=True)
            unit.wake(sweep_topic(run.sweep_id))
    if hangs_on_runs(plan):
        settle(unit, sweeps.get(unit.conn, sweep.id), plan)
    return requeue(unit, plans, run) if is_over else run


def _reopen(unit: Unit, plans: Plans, run: Any, reason: str, *, capped: bool) -> None:
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id is not None else None
    if sweep is not None and _goes_on_with(sweep, plans.readable(sweep) if capped else None):
        change_sweep_state(unit, sweep, "resume", "server", reason)


def _goes_on_with(sweep: Any, plan: Plan | None) -> bool:
    """Whether a sweep has ended for no other reason than that its points, or with a plan the runs of its cap, were all
    handed out: one that comes back is to be gone on with."""
    if sweep.state != "FINISHED":
        return False
    return is_walked(sweep) or (plan is not None and sweep.state_reason == cap_reason(plan))
