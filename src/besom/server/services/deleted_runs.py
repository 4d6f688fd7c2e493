"""Deleted runs: they can be brought back for a week, then their data go."""

from __future__ import annotations

from typing import Any

from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.early_stopping import place_at_rungs
from besom.server.services.endings import Ending
from besom.server.services.live import sweep_topic
from besom.server.services.refusals import Conflict
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import refuse_moved
from besom.server.services.states import UNFINISHED
from besom.server.store import points, runs, sweeps

KEPT_DAYS = 7
_FORGOTTEN_AT_ONCE = 200


def bring_back(ctx: Context, unit: Unit, plans: Plans, run: Any, actor: str) -> None:
    """Makes a deleted run what it was; one that was deleted while it ran is still told to end, if anybody is there.

    Raises:
        Conflict: its data are gone, or its point has been given to another run.
        Gone: it was not deleted but moved to another project.
    """
    refuse_moved(unit.conn, run)
    if run.forgotten:
        raise Conflict("run_forgotten", f"Its data are gone: those of a deleted run are kept for {KEPT_DAYS} days.")
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id is not None else None
    if sweep is not None and run.point_hash is not None:
        holder = points.holder(unit.conn, sweep.id, run.point_hash, run.round)
        if holder is not None:
            raise Conflict(
                "point_has_run", f"Its point was given to another run meanwhile: {holder.name} ({holder.id})."
            )
    silent_since = run.heartbeat or run.deleted
    run = runs.change(unit.conn, run.key, {"deleted": None, "version": unit.changed(run.project_id, "run", run.id)})
    unit.run_event(run, "run.undeleted", actor, f"brought back by {actor}")
    if sweep is not None:
        if run.point_index is not None:
            points.claim_freed(unit.conn, sweep.id, run.point_index)
        place_at_rungs(unit.conn, plans.of(sweep), run)
        unit.touch_sweep(run.project_id, sweep.id)
        unit.wake(sweep_topic(sweep.id))
    if run.state in UNFINISHED and (run.heartbeat is None or run.heartbeat < unit.now - ctx.lease_seconds):
        ending = Ending("killed", run.stop_reason or "it was deleted")
        change_run_state(unit, run, "process_exit", actor, ending=ending, ended=silent_since)


async def forget_some(ctx: Context) -> int:
    """Drops the data of some runs that were deleted long enough ago; returns how many."""
    before = ctx.clock() - KEPT_DAYS * 86400.0
    keys = await ctx.read(lambda conn: runs.deleted_before(conn, before, _FORGOTTEN_AT_ONCE))

    def forget(unit: Unit) -> int:
        old = runs.still_deleted(unit.conn, keys, before)  # one may have been brought back since it was looked for
        for key in old:
            runs.forget(unit.conn, key)
        return len(old)

    return await ctx.write(forget) if keys else 0
