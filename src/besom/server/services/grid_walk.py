"""How a grid is walked: place by place, and which run holds which place.

The places are the numbers of ``besom.search.Grid``: all configurations, then all of them again for each repeat. A place
is held by the run that has the same configuration in the round of that repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.store import points

_LARGEST_PLACE = 2**63 - 1


def next_free_place(unit: Unit, sweep: Any, plan: Plan, *, take: bool = True) -> tuple[int | None, int]:
    """The lowest place of the grid without a run, and how far it is walked then; None when every place has one.

    Places that were freed come first. On the way, prior runs are told which places they cover, so that deleting them
    frees these.

    Args:
        unit: The transaction.
        sweep: The sweep's row; all places below ``suggested`` have, or had, a run.
        plan: Its plan.
        take: Whether the place is about to be handed out.
    """
    place = sweep.suggested
    if not take and points.has_freed(unit.conn, sweep.id):
        return place, place
    while take and (freed := points.take_freed(unit.conn, sweep.id)) is not None:
        identity, number = _identity(plan, freed)
        if points.holder(unit.conn, sweep.id, identity, number) is None and not points.is_borrowed(
            unit.conn, sweep.id, identity, number
        ):
            return freed, place
    while place < plan.grid.size:
        identity, number = _identity(plan, place)
        holder = points.holder(unit.conn, sweep.id, identity, number)
        if holder is None and not points.is_borrowed(unit.conn, sweep.id, identity, number):
            return place, place + 1 if take else place
        if holder is not None and holder.point_index is None:
            points.set_index(unit.conn, holder.key, place)
        place += 1
    return None, place


def place_columns(plan: Plan, place: int) -> dict[str, Any]:
    """The columns of a run that is handed a place."""
    identity, number = _identity(plan, place)
    return {"point_hash": identity, "round": number, "point_index": place}


def place_of(plan: Plan, values: Mapping[tuple[str, ...], Any], number: int) -> int | None:
    """The place of a configuration in its ``number``-th round, from 0; None for one that is never walked to."""
    return place_at(plan, plan.grid.index(values), number)


def place_at(plan: Plan, index: int | None, number: int) -> int | None:
    """The same of a configuration by its index in the grid; None: it has none."""
    if index is None or number >= plan.grid.times:
        return None
    place = plan.grid.split(index)[0] + number * plan.grid.configurations
    return place if place <= _LARGEST_PLACE else None


def _identity(plan: Plan, place: int) -> tuple[str, int]:
    """The configuration at a place, and its round."""
    from besom.search import configuration_hash

    return configuration_hash(plan.config, plan.grid.point(place)), plan.grid.split(place)[1]
