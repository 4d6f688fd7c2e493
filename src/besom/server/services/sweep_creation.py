"""A configuration becomes a sweep, or takes the place of that of a sweep without runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import NewSweep, Sweep, SweepCreated
from besom.server.services.audit import note
from besom.server.services.configs import Plan, Plans, check, check_text
from besom.server.services.context import Context, Unit
from besom.server.services.file_paths import check_entry
from besom.server.services.live import project_topic
from besom.server.services.naming import check_display_name, new_id
from besom.server.services.prior_runs import Meaning, attach_prior_runs, detach_prior_runs, read_prior_runs
from besom.server.services.projects import find_project, open_project
from besom.server.services.queue import drop_start, queue_start
from besom.server.services.refusals import Conflict, Invalid, Refusal
from besom.server.services.sweeps import find_sweep, view
from besom.server.services.users import Caller
from besom.server.store import points, runs, sweep_versions, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config import Loaded

_LARGEST_SEED = 2**31 - 1


async def create_sweep(
    ctx: Context, plans: Plans, caller: Caller, entity: str, project: str, new: NewSweep
) -> SweepCreated:
    """Checks a configuration and makes a sweep of it, PENDING until its first run.

    Raises:
        Invalid: the configuration, a name or a prior run cannot be used.
    """
    loaded, plan, values = await asyncio.to_thread(from_request, new, ctx.rng.randint(0, _LARGEST_SEED))
    known = await _read_prior_runs(ctx, lambda conn: find_project(conn, caller, entity, project).id, plan, new)

    def create(unit: Unit) -> Sweep:
        home = open_project(unit, caller, entity, project)
        sweep_id = new_id(ctx.rng)
        while sweeps.exists(unit.conn, sweep_id):
            sweep_id = new_id(ctx.rng)
        sweeps.create(
            unit.conn,
            {
                **values,
                "id": sweep_id,
                "project_id": home.id,
                "display_name": new.display_name,
                "description": loaded.config.description,
                "state": "PENDING",
                "state_reason": "created; it waits for its first agent",
                "creator": caller.name,
                "created": unit.now,
                "updated": unit.now,
                "version": unit.changed(home.id, "sweep", sweep_id),
            },
        )
        sweep_versions.add(unit.conn, sweep_id, 1, values, caller.name, unit.now)
        unit.event(home.id, "sweep.created", caller.name, f"by {caller.name}", sweep_id=sweep_id)
        unit.wake(project_topic(home.id))
        _fill(ctx, unit, find_sweep(unit.conn, caller, sweep_id), plan, new, known)
        return view(ctx, unit.conn, find_sweep(unit.conn, caller, sweep_id))

    sweep = await ctx.write(create)
    plans.keep(sweep.id, plan)
    return SweepCreated(sweep=sweep, warnings=[str(warning) for warning in loaded.warnings])


async def replace_config(ctx: Context, plans: Plans, caller: Caller, sweep_id: str, new: NewSweep) -> SweepCreated:
    """Gives a sweep another configuration; only while it has no runs."""
    before = await ctx.read(lambda conn: find_sweep(conn, caller, sweep_id))
    loaded, plan, values = await asyncio.to_thread(from_request, new, before.seed)
    known = await _read_prior_runs(ctx, lambda _: before.project_id, plan, new)

    def replace(unit: Unit) -> Sweep:
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        if sweep.state != "PENDING" and (sweep.state != "PAUSED" or runs.has_begun(unit.conn, sweep_id)):
            raise Conflict(
                "sweep_state",
                f"Sweep {sweep_id} is {sweep.state}: its configuration can be replaced only while it is PENDING, or "
                "PAUSED before its first run.",
                f"Change it as a new version, and keep its runs: besom sweep --update {sweep_id} FILE",
            )
        drop_start(unit, sweep, caller.name)
        changes = {
            **values,
            "display_name": new.display_name or sweep.display_name,
            "description": loaded.config.description,
            "updated": unit.now,
            "version": unit.changed(sweep.project_id, "sweep", sweep_id),
        }
        sweeps.change(unit.conn, sweep_id, {**changes, "suggested": 0})
        sweep_versions.replace(unit.conn, sweep_id, values, caller.name, unit.now)
        points.forget_freed(unit.conn, sweep_id)
        detach_prior_runs(unit, sweep_id)
        _fill(ctx, unit, find_sweep(unit.conn, caller, sweep_id), plan, new, known)
        unit.event(sweep.project_id, "sweep.changed", caller.name, "new configuration", sweep_id=sweep_id)
        note(unit, caller, "sweep.changed", sweep_id, "new configuration", entity=sweep.entity, project=sweep.project)
        return view(ctx, unit.conn, find_sweep(unit.conn, caller, sweep_id))

    sweep = await ctx.write(replace)
    plans.keep(sweep.id, plan)
    return SweepCreated(sweep=sweep, warnings=[str(warning) for warning in loaded.warnings])


def from_request(new: NewSweep, seed: int) -> tuple[Loaded, Plan, dict[str, Any]]:
    """The checked configuration, its plan, and the columns that follow from it alone; may take seconds.

    Args:
        new: The request.
        seed: For a configuration without one.
    """
    from besom.search import check_feasible, expected_runs  # loads NumPy, which the server does not need to start

    check_display_name(new.display_name or "")
    loaded = check_text(new.text or "") if new.config is None else check(new.config)
    plan = Plan(loaded.config.stored, loaded.config, seed if loaded.config.seed is None else loaded.config.seed)
    grid = None
    try:
        plan.prepare()
        if loaded.config.method == "grid":
            grid = plan.grid
        if not loaded.config.is_searched_outside:
            check_feasible(loaded.config, grid)
        expected = expected_runs(loaded.config, grid)
    except ValueError as error:
        raise Invalid("bad_config", str(error), field="parameters") from None
    if new.code is not None:
        for file in new.code.files:
            check_entry(file)
    text = new.text if new.text is not None else loaded.text
    return (
        loaded,
        plan,
        {
            "code": None if new.code is None else msgspec.to_builtins(new.code),
            "config": loaded.config.stored,
            "seed": plan.seed,
            "text": text,
            "expected_runs": None if expected is None else min(expected, sweeps.LARGEST_COUNT),
        },
    )


async def _read_prior_runs(
    ctx: Context, home: Callable[[Connection], int], plan: Plan, new: NewSweep
) -> dict[int, Meaning]:
    """What the sweep's prior runs mean to it, as far as they are found; of what is wrong the transaction tells."""
    if new.prior_runs or new.prior_sweeps or new.prior_filter is not None:
        with contextlib.suppress(Refusal):
            return await ctx.read(lambda conn: read_prior_runs(conn, home(conn), plan, new))
    return {}


def _fill(ctx: Context, unit: Unit, sweep: Any, plan: Plan, new: NewSweep, known: Mapping[int, Meaning]) -> None:
    """What a sweep has before its first agent: runs to learn from, and points to begin with."""
    attach_prior_runs(unit, sweep, plan, new, known)
    queue_start(ctx, unit, sweep, plan)
