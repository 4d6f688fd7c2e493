"""Which points the runs of a sweep have in a changed space: found anew, so that no point is handed out twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.grid_walk import place_of
from besom.server.services.known_points import identity_of, known_values, point_of
from besom.server.store import points, sweep_versions, sweeps


@dataclass(frozen=True, slots=True)
class Placed:
    """The runs so far in the new space."""

    runs: int
    """All that are not deleted."""
    prior: int
    """Those of them that were there before the sweep."""
    covered: int
    """Points of a grid, repeats included, that need no run any more."""


def place_anew(unit: Unit, sweep: Any, plan: Plan) -> Placed:
    """Gives each run the identity that its values have under the new configuration, and its place on a grid.

    A run that lacks a parameter, or is not on the new grid, has none: it is learnt from as far as it goes.
    """
    from besom.search import nest

    before = sweep_versions.placed(unit.conn, sweep.id)
    own: Counter[str] = Counter()
    taken: set[tuple[str, int]] = set()
    rows: list[dict[str, Any]] = []
    for run in before:
        values = known_values(plan, run.config if run.prior else None, run.params)
        point = point_of(plan, values)
        identity, number = identity_of(plan, point), run.round
        if identity is not None and run.deleted is None:
            while (identity, number) in taken:
                number += 1
            taken.add((identity, number))
            own[identity] += 1
        columns = {"run": run.key, "params": (nest(values) or None) if run.prior else run.params}
        rows.append({**columns, "point_hash": identity, "round": number, "point_index": _place(plan, point, number)})
    sweep_versions.place(unit.conn, sweep.id, rows)
    points.forget_freed(unit.conn, sweep.id)
    covering = own | _place_borrowed(unit, sweep, plan)
    covered = 0
    if plan.config.method == "grid":
        covered = sum(min(plan.grid.times, count) for count in covering.values())
        places = {row["point_index"] for row, run in zip(rows, before, strict=True) if run.deleted is None}
        sweeps.change(unit.conn, sweep.id, {"suggested": _first_gap(places)})
    living = [run for run in before if run.deleted is None]
    return Placed(len(living), sum(run.prior for run in living), covered)


def _place_borrowed(unit: Unit, sweep: Any, plan: Plan) -> Counter[str]:
    """The same for runs of other sweeps; how many there are of each configuration."""
    from besom.search import nest

    found: Counter[str] = Counter()
    for run in sweep_versions.borrowed(unit.conn, sweep.id):
        values = known_values(plan, run.config, run.params)
        identity = identity_of(plan, point_of(plan, values))
        columns = {"params": nest(values) or None, "point_hash": identity}
        sweep_versions.place_borrowed(unit.conn, sweep.id, run.key, columns)
        if identity is not None:
            found[identity] += 1
    return found


def _place(plan: Plan, point: Any, number: int) -> int | None:
    return place_of(plan, point, number) if point and plan.config.method == "grid" else None


def _first_gap(places: set[Any]) -> int:
    """The walk goes on there: all places below have a run."""
    gap = 0
    while gap in places:
        gap += 1
    return gap
