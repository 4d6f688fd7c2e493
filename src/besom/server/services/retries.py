"""Runs that broke are tried again, as ``retry`` says.

The tries of a point are a chain of runs, each of which is kept. The point itself belongs to the last of them: the
unique index, the walk of a grid, the search, early stopping and ``run_cap`` know that run alone. A run that is to be
tried again is only marked (``retry_due``); the next run is made when an agent gets it. So a run that was taken for lost
and comes back in time is not tried again after all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.live import sweep_topic
from besom.server.services.states import UNFINISHED
from besom.server.store import agents, points, retries, runs, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config.model import Retry

BROKEN = ("failed", "crashed")
SUPERSEDED = "its point was given to another run meanwhile"
"""Why a run that comes back is told to stop when another one tries its point already."""
_POINT = ("point_hash", "round", "point_index")


def is_due(rule: Retry | None, run: Any) -> bool:
    """Whether a run (a row) is to be tried again: it broke in a way that the rule names, and has tries left. Pure.

    One that was stopped for the sake of its next try, which was then given back, counts as broken. Prior runs, and
    those that the sweep did not hand out, are not tried again; nor is one that another run tries again already, nor one
    whose point an edited configuration does not have.
    """
    if rule is None or run.attempt > rule.max:
        return False
    if run.state not in rule.on and (run.state != "killed" or run.stop_reason != SUPERSEDED):
        return False
    has_point = run.params is not None and run.point_hash is not None
    return has_point and not run.prior and run.retried_by is None and run.deleted is None


def mark(unit: Unit, plan: Plan, run: Any, *, held: bool = False) -> Any:
    """Notes whether a run that has ended is to be tried again; returns its row.

    ``held``: not before its agent has said that its process is over, and how it ended.
    """
    due = is_due(plan.config.retry, run)
    marks = {"retry_due": due, "retry_held": due and held}
    if marks == {"retry_due": run.retry_due, "retry_held": run.retry_held}:
        return run
    version = unit.changed(run.project_id, "run", run.id)
    return runs.change(unit.conn, run.key, {**marks, "version": version})


def mark_all(unit: Unit, sweep_id: str, plan: Plan) -> None:
    """``mark`` for all runs of a sweep whose rule has changed."""
    for run in retries.broken_or_due(unit.conn, sweep_id, BROKEN):
        mark(unit, plan, run, held=run.retry_held)


def next_due(unit: Unit, agent: Any, plan: Plan) -> Any | None:
    """The run that the agent should try again now; None when there is none.

    One that broke with this agent is left to others while there are any: the machine may be the cause.
    """
    if plan.config.retry is None:
        return None
    others = agents.has_others(unit.conn, agent.sweep_id, agent.id)
    return retries.first_due(unit.conn, agent.sweep_id, agent.id if others else None)


def pass_on(unit: Unit, run: Any, run_id: str) -> dict[str, Any]:
    """Gives the point of a run to its next try, the run ``run_id``; returns that run's columns."""
    columns = {name: getattr(run, name) for name in _POINT}
    points.drop_brackets(unit.conn, run.key)  # a point judges others once
    runs.change(
        unit.conn,
        run.key,
        {
            "point_hash": None,
            "point_index": None,
            "retry_due": False,
            "retried_by": run_id,
            "version": unit.changed(run.project_id, "run", run.id),
        },
    )
    sweeps.expect_more(unit.conn, run.sweep_id, 1)
    return {
        **columns,
        "id": run_id,
        "attempt": run.attempt + 1,
        "retry_of": run.id,
        "counted": run.counted or run.steps > 0,
        "params": run.params,
        "config": run.params,
    }


def why_again(run: Any, rule: Retry) -> dict[str, Any]:
    """How the sweep came to the next try of a run."""
    reason = f": {run.reason}" if run.reason else ""
    told = f"try {run.attempt + 1} of {rule.max + 1}, after {run.name} {run.state}{reason}"
    return {**run.why, "reason": told, "attempt": run.attempt + 1, "attempts": rule.max + 1, "after": run.id}


def release_held(unit: Unit, agent_id: str) -> None:
    """The agent will say no more of its runs: what its programs said of themselves holds."""
    _release(unit, retries.held(unit.conn, agent_id))


def release_silent(unit: Unit, since: float, limit: int) -> int:
    """The same of some runs that were last heard before ``since``, though their agents are heard; returns how many."""
    released = _release(unit, retries.held_before(unit.conn, since, limit))
    for sweep_id in {run.sweep_id for run in released}:
        unit.wake(sweep_topic(sweep_id))
    return len(released)


def _release(unit: Unit, held: list[Any]) -> list[Any]:
    for run in held:
        version = unit.changed(run.project_id, "run", run.id)
        runs.change(unit.conn, run.key, {"retry_held": False, "version": version})
    return held


def hand_back(unit: Unit, plan: Plan, run: Any) -> Any | None:
    """Gives the point of a try that no program began back to the run before it, which is due once more, or goes on if
    it has come back meanwhile.

    Returns that run's row; None where there is none (any more).
    """
    before = runs.get(unit.conn, run.project_id, run.retry_of) if run.retry_of is not None else None
    if before is None or before.deleted is not None or before.retried_by != run.id:
        return None
    columns = {name: getattr(run, name) for name in _POINT}
    runs.change(unit.conn, run.key, {"point_hash": None, "point_index": None})
    version = unit.changed(run.project_id, "run", before.id)
    changes = {**columns, "retried_by": None, "version": version}
    if before.state in UNFINISHED and before.stop_reason == SUPERSEDED:
        changes |= {"stop_reason": None, "stop_kill": False}
    if before.state == "finished" and before.reason == SUPERSEDED:
        changes["reason"] = ""
    sweeps.expect_more(unit.conn, run.sweep_id, -1)
    return mark(unit, plan, runs.change(unit.conn, before.key, changes))


def may_come_again(conn: Connection, sweep_id: str, plan: Plan) -> bool:
    """Whether a run of the sweep is to be tried again, or may yet have to be."""
    rule = plan.config.retry
    if rule is None:
        return False
    return retries.any_due(conn, sweep_id) or retries.may_break(conn, sweep_id, rule.max)
