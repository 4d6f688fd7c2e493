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
    tried_again: int
    """Those of them whose points other runs have by now."""
    covered: int
    """Points of a grid, repeats included, that need no run any more."""


def place_anew(unit: Unit, sweep: Any, plan: Plan) -> Placed:
    """Gives each run the identity that its values have under the new configuration, and its place on a grid.

    A run that lacks a parameter, or is not on the new grid, has none: it is learnt from as far as it goes.
    """
    from besom.search import nest

    before = sweep_versions.placed(unit.conn, sweep.id)
    points_of: dict[int, Any] = {}
    rows: dict[int, dict[str, Any]] = {}
    for run in before:
        values = known_values(plan, run.config if run.prior else None, run.params)
        points_of[run.key] = point = point_of(plan, values) if run.retried_by is None else None
        row = {"run": run.key, "params": run.params, "version": run.version, "point_hash": identity_of(plan, point)}
        if run.prior and (params := nest(values) or None) != run.params:
            row |= {"params": params, "version": unit.changed(sweep.project_id, "run", run.id)}
        rows[run.key] = row
    living = [run for run in before if run.deleted is None]
    rounds = _rounds(plan, living, rows)
    for run in before:
        number = rounds.get(run.key, run.round)
        rows[run.key] |= {"round": number, "point_index": _place(plan, points_of[run.key], number)}
    sweep_versions.place(unit.conn, sweep.id, list(rows.values()))
    points.forget_freed(unit.conn, sweep.id)
    borrowed = _place_borrowed(unit, sweep, plan)
    covered = 0
    if plan.config.method == "grid":
        covering = {(rows[key]["point_hash"], number) for key, number in rounds.items()}
        covering |= {(identity, number) for identity, count in borrowed.items() for number in range(count)}
        covered = sum(number < plan.grid.times for _, number in covering)
        sweeps.change(unit.conn, sweep.id, {"suggested": _first_gap({rows[run.key]["point_index"] for run in living})})
    again = sum(run.retried_by is not None for run in living)
    return Placed(len(living), sum(run.prior for run in living), again, covered)


def _rounds(plan: Plan, living: list[Any], rows: dict[int, dict[str, Any]]) -> dict[int, int]:
    """The round of each run that has a point, by key, such that no two have the same point in the same round.

    A run stays in the round of its own repeat. Where another run is there already and the repeats have values of their
    own, it goes as many rounds on as there are repeats: it cannot stand for a value that it was not run with.
    """
    repeat = plan.config.repeat
    times = repeat.times if repeat else 1
    step = times if repeat and repeat.parameter else 1
    taken: set[tuple[str, int]] = set()
    rounds: dict[int, int] = {}
    for is_first in (True, False):
        for run in living:
            identity = rows[run.key]["point_hash"]
            if identity is None or run.key in rounds or (is_first and run.prior):
                continue
            number = 0 if run.prior else run.round % times
            while not is_first and (identity, number) in taken:
                number += 1 if run.prior else step
            if (identity, number) not in taken:
                taken.add((identity, number))
                rounds[run.key] = number
    return rounds


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
