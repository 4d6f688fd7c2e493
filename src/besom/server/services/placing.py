"""Which points the runs of a sweep have in a changed space: found anew, so that no point is handed out twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.grid_walk import place_at
from besom.server.services.known_points import identity_of, known_values, point_of
from besom.server.store import points, sweep_versions, sweeps

_NO_SPACE = (
    *("budget", "run_cap", "priority", "metric", "early_terminate", "retry"),
    *("start_with", "name", "description"),
)
"""Keys of a configuration that say when runs are made, judged and ended, and not which points there are."""


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


@dataclass(frozen=True, slots=True)
class Point:
    """What a run is in the new space."""

    version: int
    """Of the run: as long as it has that, this holds."""
    params: dict[str, Any] | None
    """As they are to be stored."""
    is_told: bool
    """Whether these are others than before; of a borrowed run, these or its identity."""
    identity: str | None
    index: int | None
    """In a grid."""


@dataclass(frozen=True, slots=True)
class Points:
    """What runs are in the new space, by their keys."""

    own: Mapping[int, Point]
    """Of the sweep's runs."""
    borrowed: Mapping[int, Point]
    """Of those of other sweeps that it learns from."""


def keeps_points(old: Plan, new: Plan) -> bool:
    """Whether each run has the point that it had, in the same place: nothing is changed that a space is made of."""
    return old.seed == new.seed and _space(old) == _space(new)


def as_they_are(unit: Unit, sweep: Any, plan: Plan) -> Placed:
    """The runs so far in a space that has not changed."""
    times = plan.grid.times if plan.config.method == "grid" else 0
    return Placed(*sweep_versions.counts(unit.conn, sweep.id, times))


def find_points(plan: Plan, own: Iterable[Any], borrowed: Iterable[Any]) -> Points:
    """What takes long. The rows are of ``sweep_versions.values`` and ``values_of_borrowed``."""
    return Points(_find_own(plan, own), _find_borrowed(plan, borrowed))


def place_anew(unit: Unit, sweep: Any, plan: Plan, known: Points) -> Placed:
    """Gives each run the identity that its values have under the new configuration, and its place on a grid.

    A run that lacks a parameter, or is not on the new grid, has none: it is learnt from as far as it goes. Who writes
    meanwhile waits, so ``known`` are the points as they were before the transaction; only those of runs that have
    changed since are found here.
    """
    before = sweep_versions.placed(unit.conn, sweep.id)
    changed = _changed(before, known.own)
    found = {**known.own, **_find_own(plan, sweep_versions.values(unit.conn, sweep.id, changed))}
    living = [run for run in before if run.deleted is None]
    rounds = _rounds(plan, living, found)
    places: dict[int, int | None] = {}
    changes: dict[int, dict[str, Any]] = {}
    for run in before:
        point, number = found[run.key], rounds.get(run.key, run.round)
        places[run.key] = place = place_at(plan, point.index, number)
        new: dict[str, Any] = {} if place == run.point_index else {"point_index": place}
        if (point.identity, number) != (run.point_hash, run.round):
            new |= {"point_hash": point.identity, "round": number}
        if point.is_told:
            new |= {"params": point.params, "version": unit.changed(sweep.project_id, "run", run.id)}
        if new:
            changes[run.key] = new
    sweep_versions.place(unit.conn, changes)
    points.forget_freed(unit.conn, sweep.id)
    borrowed = _place_borrowed(unit, sweep, plan, known.borrowed)
    covered = 0
    if plan.config.method == "grid":
        covering = {(found[key].identity, number) for key, number in rounds.items()}
        covering |= {(identity, number) for identity, count in borrowed.items() for number in range(count)}
        covered = sum(number < plan.grid.times for _, number in covering)
        sweeps.change(unit.conn, sweep.id, {"suggested": _first_gap({places[run.key] for run in living})})
    again = sum(run.retried_by is not None for run in living)
    return Placed(len(living), sum(run.prior for run in living), again, covered)


def _space(plan: Plan) -> str:
    """In the order in which it was written, which is that of a grid; 1 is not ``true``, as it would be to Python."""
    return json.dumps({key: value for key, value in plan.stored.items() if key not in _NO_SPACE})


def _changed(runs: Iterable[Any], known: Mapping[int, Point]) -> list[int]:
    """Keys of the runs whose points are not known any more."""
    return [run.key for run in runs if run.key not in known or known[run.key].version != run.version]


def _find_own(plan: Plan, rows: Iterable[Any]) -> dict[int, Point]:
    return {run.key: _own_point(plan, run) for run in rows}


def _find_borrowed(plan: Plan, rows: Iterable[Any]) -> dict[int, Point]:
    return {run.key: _borrowed_point(plan, run) for run in rows}


def _own_point(plan: Plan, run: Any) -> Point:
    from besom.search import nest

    values = known_values(plan, run.config if run.prior else None, run.params)
    point = point_of(plan, values) if run.retried_by is None else None
    params = nest(values) or None if run.prior else run.params
    index = plan.grid.index(point) if point and plan.config.method == "grid" else None
    return Point(run.version, params, params != run.params, identity_of(plan, point), index)


def _borrowed_point(plan: Plan, run: Any) -> Point:
    from besom.search import nest

    values = known_values(plan, run.config, run.params)
    params, identity = nest(values) or None, identity_of(plan, point_of(plan, values))
    return Point(run.version, params, (params, identity) != (run.known_params, run.known_hash), identity, None)


def _rounds(plan: Plan, living: list[Any], found: Mapping[int, Point]) -> dict[int, int]:
    """The round of each run that has a point, by key, such that no two have the same point in the same round.

    A run stays in the round of its own repeat. Where another run is there already and the repeats have values of their
    own, it goes as many rounds on as there are repeats: it cannot stand for a value that it was not run with.
    """
    repeat = plan.config.repeat
    times = repeat.times if repeat else 1
    step = times if repeat and repeat.parameter else 1
    taken: set[tuple[str, int]] = set()
    taken_up_to: dict[tuple[str, int, int], int] = {}  # by where one begins and how it goes on: thousands may be alike
    rounds: dict[int, int] = {}
    for is_first in (True, False):
        for run in living:
            identity = found[run.key].identity
            if identity is None or run.key in rounds or (is_first and run.prior):
                continue
            number = 0 if run.prior else run.round % times
            if not is_first:
                way = identity, number, 1 if run.prior else step
                number = taken_up_to.get(way, number)
                while (identity, number) in taken:
                    number += way[-1]
                taken_up_to[way] = number
            if (identity, number) not in taken:
                taken.add((identity, number))
                rounds[run.key] = number
    return rounds


def _place_borrowed(unit: Unit, sweep: Any, plan: Plan, known: Mapping[int, Point]) -> Counter[str]:
    """The same for runs of other sweeps; how many there are of each configuration."""
    before = sweep_versions.borrowed(unit.conn, sweep.id)
    changed = _changed(before, known)
    found = {**known, **_find_borrowed(plan, sweep_versions.values_of_borrowed(unit.conn, sweep.id, changed))}
    points_now = {run.key: found[run.key] for run in before}
    told = {key: (point.params, point.identity) for key, point in points_now.items() if point.is_told}
    sweep_versions.place_borrowed(unit.conn, sweep.id, told)
    return Counter(point.identity for point in points_now.values() if point.identity is not None)


def _first_gap(places: set[Any]) -> int:
    """The walk goes on there: all places below have a run."""
    gap = 0
    while gap in places:
        gap += 1
    return gap
