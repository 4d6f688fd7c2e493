"""Commands about runs whose program does not speak for itself: made in advance, put back, given up; and alerts."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol import AlertRecord, NewRun, Run
from besom.server.services.claims import create
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.endings import Ending
from besom.server.services.ingest import ALERT
from besom.server.services.lines import Begun, Lines, take_lines
from besom.server.services.naming import check_name
from besom.server.services.projects import open_project
from besom.server.services.refusals import Conflict
from besom.server.services.report import Report
from besom.server.services.run_details import list_run_events
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import find_run, refuse_deleted
from besom.server.services.states import RunCause, next_run_state
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import runs

_EVENTS_SEARCHED = 100


async def create_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, *, waits: bool) -> Begun:
    """The run of that id, made when there is none: it waits for a program, or counts as running from now on."""

    def make(unit: Unit) -> Begun:
        check_name("run", run_id)
        home = open_project(unit, caller, entity, project)
        run = runs.get(unit.conn, home.id, run_id)
        if run is not None:
            refuse_deleted(unit.conn, run)
            return Begun(run_view(ctx, run, entity, project), is_new=False)
        run = create(ctx, unit, home.id, None, NewRun(id=run_id, started=unit.now))
        if waits:  # nobody is missed when it is silent
            run = runs.change(unit.conn, run.key, {"heartbeat": None})
        else:
            run = change_run_state(unit, run, "report", caller.name, values={"creator": caller.name})
        return Begun(run_view(ctx, run, entity, project), is_new=True)

    return await ctx.write(make)


async def set_run_state(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, state: Literal["pending", "failed"]
) -> Run:
    """Lets a run outside of sweeps wait for a program again, or gives it up.

    Raises:
        Conflict: the run's state does not allow it, or it belongs to a sweep.
    """
    cause: RunCause = "put_back" if state == "pending" else "give_up"

    def change(unit: Unit) -> Run:
        run = find_run(unit.conn, caller, entity, project, run_id, "write")
        reason = f"set to {state} by {caller.name}"
        if run.sweep_id is not None:
            raise _bad_transition(run, state, "The runs of a sweep are changed by its agents.")
        if next_run_state(run.state, cause) == run.state:
            raise _bad_transition(run, state)
        if cause == "give_up":
            run = change_run_state(unit, run, cause, caller.name, ending=Ending("failed", reason))
        else:  # no process speaks for it until another begins it
            values: dict[str, Any] = {"claimed": False, "heartbeat": None, "stop_reason": None, "stop_kill": False}
            run = change_run_state(unit, run, cause, caller.name, reason=reason, values={**values, "stopped": None})
        return run_view(ctx, run, entity, project)

    return await ctx.write(change)


async def alert(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    entity: str,
    project: str,
    run_id: str,
    told: AlertRecord,
    *,
    wait: float,
) -> bool:
    """A program wants a person to know; not again within ``wait`` seconds of an alert with that title."""
    events = await list_run_events(ctx, caller, entity, project, run_id, _EVENTS_SEARCHED)
    recent = [event for event in events.events if event.kind == ALERT and event.time > told.time - wait]
    if any(f"{event.reason}: ".startswith(f"{told.title}: ") for event in recent):
        return False
    report = Report(size=1, alerts=[told], records=[told])
    await take_lines(ctx, plans, caller, entity, project, run_id, Lines(report))
    return True


def _bad_transition(run: Any, state: str, hint: str | None = None) -> Conflict:
    message = f"invalid state transition: run {run.id} is {run.state} and cannot become {state}."
    return Conflict("invalid_state_transition", message, hint, field="state")
