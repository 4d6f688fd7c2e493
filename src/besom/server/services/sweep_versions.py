"""A sweep's configuration is changed under way: as a new version, with which all its runs so far still count."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.protocol import NewSweep, NewSweepVersion, SweepVersion, SweepVersionMade, SweepVersionPage
from besom.server.services.audit import note
from besom.server.services.configs import Plan, Plans, check_text, read_stored
from besom.server.services.context import Context, Unit
from besom.server.services.early_stopping import RungsAnew
from besom.server.services.enqueue import read_point
from besom.server.services.live import sweep_topic
from besom.server.services.placing import Placed, Points, as_they_are, find_points, keeps_points, place_anew
from besom.server.services.prior_runs import Meaning, measure_borrowed, read_borrowed
from besom.server.services.queue import queue_start
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.retries import mark_all, may_come_again
from besom.server.services.runs import remove
from besom.server.services.states import is_open
from besom.server.services.sweep_creation import from_request
from besom.server.services.sweep_end import grid_reason, is_handed_out, settle
from besom.server.services.sweep_state import change_sweep_state
from besom.server.services.sweeps import find_sweep, view
from besom.server.services.users import Caller
from besom.server.store import queue, runs, sweep_versions, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config import SweepConfig

MOST_VERSIONS = 200
_START = "start_with"
_UNREADABLE = "it or the one before cannot be read by this server: what changed is not known"


async def list_versions(ctx: Context, caller: Caller, sweep_id: str) -> SweepVersionPage:
    """All configurations that a sweep has had, the newest first, with what each of them changed."""

    def look(conn: Connection) -> list[Any]:
        return sweep_versions.listing(conn, find_sweep(conn, caller, sweep_id).id)

    rows = await ctx.read(look)
    return SweepVersionPage(versions=await asyncio.to_thread(_views, rows))


async def add_version(
    ctx: Context, plans: Plans, caller: Caller, sweep_id: str, new: NewSweepVersion
) -> SweepVersionMade:
    """Gives a sweep a changed configuration. Its runs stay, are learnt from, and cover the points that they have.

    Raises:
        Invalid: the configuration cannot be used, or changes what cannot change under way.
        Conflict: nothing is changed, or somebody else was faster; or what is queued does not fit any more.
    """
    before = await ctx.read(lambda conn: find_sweep(conn, caller, sweep_id))
    old = await asyncio.to_thread(plans.of, before)
    loaded = await asyncio.to_thread(check_text, new.text)
    asked = NewSweep(config=loaded.config.stored, text=new.text)
    _, plan, values = await asyncio.to_thread(from_request, asked, before.seed)
    changed = await asyncio.to_thread(_differences, old, plan)
    rungs: RungsAnew | None = None
    if old.config.early_terminate != plan.config.early_terminate:
        rungs = await ctx.read(lambda conn: RungsAnew(conn, plan, sweep_id))
    points = None if keeps_points(old, plan) else await _points(ctx, plan, sweep_id)
    fitting = await _fitting(ctx, plan, sweep_id)
    measured = await _measured(ctx, old, plan, sweep_id)

    def add(unit: Unit) -> SweepVersionMade:
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        latest = sweep_versions.latest(unit.conn, sweep_id)
        if new.based_on not in (None, latest.number) or sweep.config != before.config:
            raise Conflict(
                "version_changed",
                f"Sweep {sweep_id} was given version {latest.number} by {latest.creator} meanwhile.",
                "Look at it, and make your change anew.",
                field="based_on",
            )
        if not changed and new.text == sweep.text:
            raise Conflict("nothing_changed", f"This is the configuration that sweep {sweep_id} has.", field="text")
        if latest.number >= MOST_VERSIONS:
            raise Conflict("too_many_versions", f"Sweep {sweep_id} has {MOST_VERSIONS} versions, and can have no more.")
        if runs.any_of_sweep(unit.conn, sweep_id) or sweeps.living_agents(unit.conn, [sweep_id]):
            _refuse_frozen(old, plan, sweep.seed)
        if not is_open(sweep.state) and any(point not in old.config.start_with for point in plan.config.start_with):
            raise Conflict(
                "sweep_not_running",
                f"Sweep {sweep_id} is {sweep.state}: points to start with cannot be queued in it.",
                f"Resume it first: besom sweep --resume {sweep.entity}/{sweep.project}/{sweep_id}",
                field="start_with",
            )
        _clear_queue(unit, sweep, plan, fitting, caller.name)
        number = latest.number + 1
        columns = {name: values[name] for name in ("config", "text", "seed")}
        if loaded.config.description != old.config.description:
            columns["description"] = loaded.config.description
        columns |= {"updated": unit.now, "version": unit.changed(sweep.project_id, "sweep", sweep_id)}
        sweeps.change(unit.conn, sweep_id, columns)
        if rungs is not None:  # before runs get new versions below
            rungs.keep(unit.conn)
        _place(unit, sweep, old.config, plan, points)
        measure_borrowed(unit, sweep_id, plan, measured)
        sweep_versions.add(unit.conn, sweep_id, number, values, caller.name, unit.now)
        what = "; ".join(changed) or "only its text"
        unit.event(sweep.project_id, "sweep.edited", caller.name, f"version {number}: {what}", sweep_id=sweep_id)
        note(
            unit,
            caller,
            "sweep.edited",
            sweep_id,
            f"version {number}: {what}",
            entity=sweep.entity,
            project=sweep.project,
        )
        if is_open(sweep.state):
            queue_start(ctx, unit, find_sweep(unit.conn, caller, sweep_id), plan, again=True)
        _end_if_done(unit, find_sweep(unit.conn, caller, sweep_id), plan)
        unit.wake(sweep_topic(sweep_id))
        made = SweepVersion(number=number, text=new.text, creator=caller.name, created=unit.now, changes=changed)
        shown = view(ctx, unit.conn, find_sweep(unit.conn, caller, sweep_id))
        return SweepVersionMade(sweep=shown, version=made, warnings=[str(warning) for warning in loaded.warnings])

    made = await ctx.write(add)
    plans.keep(sweep_id, plan)
    return made


async def _points(ctx: Context, plan: Plan, sweep_id: str) -> Points:
    """Those of a sweep's runs in the new space: what takes long, and what nobody else waits for."""
    own = await ctx.read(partial(sweep_versions.values, sweep_id=sweep_id))
    borrowed = await ctx.read(partial(sweep_versions.values_of_borrowed, sweep_id=sweep_id))
    return await asyncio.to_thread(find_points, plan, own, borrowed)


async def _measured(ctx: Context, old: Plan, plan: Plan, sweep_id: str) -> dict[int, Meaning] | None:
    """What the runs of other sweeps that a sweep learns from mean by another metric; None: it is the old one. Once the
    sweep has runs of its own, that cannot change."""
    if _measure(old) == _measure(plan):
        return None
    return await ctx.read(lambda conn: read_borrowed(conn, sweep_id, plan))


def _measure(plan: Plan) -> tuple[Any, ...] | None:
    """What of a metric makes the number that a run counts with."""
    metric = plan.config.metric
    return None if metric is None else (metric.name, metric.goal, metric.use, metric.window)


def _differences(old: Plan, new: Plan) -> list[str]:
    from besom.config.changes import changes

    return changes(old.config, new.config)


def _refuse_frozen(old: Plan, new: Plan, seed: int) -> None:
    from besom.config.changes import frozen

    problems = frozen(old.config, new.config, seed)
    if problems:
        message = "\n\n".join(["The sweep has begun, and this cannot change under way.", *map(str, problems)])
        raise Invalid("frozen_config", message, field=problems[0].where)


async def _fitting(ctx: Context, plan: Plan, sweep_id: str) -> dict[int, bool]:
    """Whether each queued point could be queued again, by its run's key; before the transaction, as ``_points``."""
    waiting = await ctx.read(partial(queue.queued, sweep_id=sweep_id))
    return await asyncio.to_thread(lambda: {run.key: _fits(plan, run.params) for run in waiting})


def _clear_queue(unit: Unit, sweep: Any, plan: Plan, fitting: Mapping[int, bool], actor: str) -> None:
    """Takes the points of ``start_with`` out of the queue; the new ones are queued afterwards. ``fitting`` is what is
    known of the others.

    Raises:
        Conflict: others are queued that do not fit the new configuration.
    """
    misfits = []
    for run in queue.queued(unit.conn, sweep.id):
        if run.why["method"] == _START:
            remove(unit, run, actor, "the configuration was changed")
        elif not (fitting[run.key] if run.key in fitting else _fits(plan, run.params)):
            misfits.append(run.id)
    if misfits:
        raise Conflict(
            "sweep_has_queue",
            f"Runs are queued for sweep {sweep.id} that do not fit this configuration: {', '.join(misfits[:5])}.",
            "Delete them first, or let them run.",
        )


def _fits(plan: Plan, params: dict[str, Any]) -> bool:
    """Whether a queued point could be queued again."""
    from besom.search import nest, unnest

    repeated = plan.config.repeat.parameter if plan.config.repeat else None
    given = [p.path for p in plan.config.parameters if p.label != "expr" and p.path != repeated]
    try:
        read_point(plan, nest(unnest(params, given)))
    except Invalid:
        return False
    return True


def _place(unit: Unit, sweep: Any, old: SweepConfig, plan: Plan, points: Points | None) -> None:
    """Gives the runs their places in the new space, and what follows from that. ``points`` None: it is the old one."""
    if points is not None or old.run_cap != plan.config.run_cap:
        placed = as_they_are(unit, sweep, plan) if points is None else place_anew(unit, sweep, plan, points)
        sweeps.change(unit.conn, sweep.id, {"expected_runs": _expected(plan, placed)})
    if points is not None or old.retry != plan.config.retry:
        mark_all(unit, sweep.id, plan)


def _expected(plan: Plan, placed: Placed) -> int | None:
    """What the sweep's number of runs will be in the end."""
    cap = plan.config.run_cap
    left = None if cap is None else max(0, cap - (placed.runs - placed.prior - placed.tried_again))
    if plan.config.method == "grid":
        free = plan.grid.size - placed.covered
        left = free if left is None else min(left, free)
    return None if left is None else min(placed.runs + left, sweeps.LARGEST_COUNT)


def _end_if_done(unit: Unit, sweep: Any, plan: Plan) -> None:
    """A running sweep that has nothing left to hand out now has ended."""
    if settle(unit, sweep, plan) or may_come_again(unit.conn, sweep.id, plan):
        return
    if is_handed_out(unit, sweep, plan):
        change_sweep_state(unit, sweep, "complete", "server", grid_reason(plan))


def _views(rows: list[Any]) -> list[SweepVersion]:
    """From rows, the oldest first; returned newest first."""
    from besom.config.changes import changes

    configs = [_readable(row.config) for row in rows]
    differences: list[list[str]] = [[]]
    for before, after in itertools.pairwise(configs):
        differences.append(changes(before, after) if before and after else [_UNREADABLE])
    views = [
        SweepVersion(number=row.number, text=row.text, creator=row.creator, created=row.created, changes=found)
        for row, found in zip(rows, differences, strict=True)
    ]
    return views[::-1]


def _readable(config: dict[str, Any]) -> SweepConfig | None:
    """A stored configuration; None for one that an older server took, and that is none by the rules of today."""
    try:
        return read_stored(config)
    except Invalid:
        return None
