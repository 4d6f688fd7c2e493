"""Runs that were handed out and never begun: ended, or given back so that their points are free at once."""

from __future__ import annotations

from typing import Any

from besom.server.services.configs import Plans
from besom.server.services.context import Unit
from besom.server.services.endings import Ending
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import remove
from besom.server.services.stream import settle_run
from besom.server.services.sweep_state import change_sweep_state, grid_reason
from besom.server.store import sweeps


def drop(unit: Unit, run: Any, reason: str) -> Any:
    """Ends a pending run that no program will begin; returns its row."""
    return change_run_state(unit, run, "drop", "server", ending=Ending("killed", reason))


def give_back(unit: Unit, plans: Plans, run: Any, reason: str) -> None:
    """Takes a pending run back, as if it had never been handed out; one that was told to stop is ended.

    A grid sweep that was complete with this run is not any more, and goes on.
    """
    if run.stop_reason is not None:
        settle_run(unit, plans, drop(unit, run, f"{run.stop_reason}; it had not begun"))
        return
    remove(unit, drop(unit, run, reason), "server", reason)
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id is not None else None
    if sweep is None or sweep.state != "FINISHED" or run.point_index is None:
        return
    if sweep.state_reason == grid_reason(plans.of(sweep)):
        change_sweep_state(unit, sweep, "resume", "server", f"a point of the grid is free again: {reason}")
