"""Prior runs: runs of the project that a new sweep learns from, as observations and as covered grid points.

Those that belong to no sweep become runs of the new one. Those of other sweeps stay there and are borrowed: what they
mean to the new sweep is written down when it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from besom.protocol import NewSweep
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.known_points import identity_of, known_values, point_of
from besom.server.services.prior_choice import chosen_runs
from besom.server.services.report import finite_numbers
from besom.server.services.sweep_metric import METRIC_COLUMNS, add_values
from besom.server.services.views import metric_goal
from besom.server.store import points, prior_runs, runs, sweep_versions, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NO_VALUES = SimpleNamespace(**{**dict.fromkeys(METRIC_COLUMNS), "metric_count": 0})
_MEASURED = tuple(name for name in points.BORROWED if name in METRIC_COLUMNS)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a run is to a sweep that learns from it."""

    version: int
    """Of the run: as long as it has that, this holds."""
    same_metric: bool
    """And as long as this is said of the sweep that the run belongs to."""
    columns: dict[str, Any]
    """By which the sweep knows it."""


_NOTHING_KNOWN: Mapping[int, Meaning] = MappingProxyType({})


def read_prior_runs(conn: Connection, project_id: int, plan: Plan, new: NewSweep) -> dict[int, Meaning]:
    """What the prior runs of a new sweep mean to it, by their keys: what takes long. Raises as ``chosen_runs``."""
    return _meanings(conn, plan, chosen_runs(conn, project_id, new), {})


def attach_prior_runs(unit: Unit, sweep: Any, plan: Plan, new: NewSweep, known: Mapping[int, Meaning]) -> None:
    """Gives a new sweep its prior runs. What they cover is told by what they were handed out, else by their config.

    Who writes meanwhile waits, so ``known`` is what ``read_prior_runs`` found before the transaction; only what has
    changed since is read here. Raises as ``chosen_runs``.
    """
    found = chosen_runs(unit.conn, sweep.project_id, new)
    meanings = _meanings(unit.conn, plan, found, known)
    adopted = [run for run in found if run.sweep_id is None]
    borrowed = [
        {"sweep_id": sweep.id, "run_key": run.key} | {name: meanings[run.key].columns[name] for name in points.BORROWED}
        for run in found
        if run.sweep_id is not None
    ]
    _adopt(unit, sweep, adopted, meanings)
    points.borrow(unit.conn, borrowed)
    if found:
        unit.event(sweep.project_id, "sweep.learns", sweep.creator, _told(found), sweep_id=sweep.id)
    if found and sweep.expected_runs is not None:
        own = [meanings[run.key].columns["point_hash"] for run in adopted]
        elsewhere = [] if plan.config.is_searched_outside else [row["point_hash"] for row in borrowed]
        expected = len(own) + (_left(plan, own, elsewhere) or 0)
        sweeps.change(unit.conn, sweep.id, {"expected_runs": min(expected, sweeps.LARGEST_COUNT)})


def _told(found: list[Any]) -> str:
    """From which runs a sweep learns, in words; of many the first ten."""
    names = ", ".join(run.name for run in found[:10])
    more = f" and {len(found) - 10} more" if len(found) > 10 else ""
    return f"from {len(found)} run{'' if len(found) == 1 else 's'} that were there before: {names}{more}"


def _left(plan: Plan, adopted: list[str | None], borrowed: list[str | None]) -> int | None:
    """How many runs the sweep will make itself, given the identities of its prior runs; see ``expected_runs``."""
    from besom.search import expected_runs

    if plan.config.method != "grid":
        return expected_runs(plan.config)
    covering = Counter(adopted) | Counter(borrowed)  # either are the first rounds of their point
    covered = sum(min(plan.grid.times, count) for identity, count in covering.items() if identity is not None)
    return expected_runs(plan.config, plan.grid, covered)


def _adopt(unit: Unit, sweep: Any, adopted: list[Any], meanings: Mapping[int, Meaning]) -> None:
    """Makes ordinary runs part of the sweep."""
    rounds = prior_runs.next_rounds(unit.conn, sweep.id)
    changes: dict[int, dict[str, Any]] = {}
    for run in adopted:
        version = unit.changed(sweep.project_id, "run", run.id)
        columns = {"sweep_id": sweep.id, "prior": True, "version": version, **meanings[run.key].columns}
        identity = columns["point_hash"]
        if identity is not None:
            columns["round"] = rounds.get(identity, 0)
            rounds[identity] = columns["round"] + 1
        changes[run.key] = columns
    sweep_versions.place(unit.conn, changes)


def detach_prior_runs(unit: Unit, sweep_id: str) -> None:
    """Makes adopted runs ordinary ones again, and forgets the borrowed; the sweep has handed out nothing yet."""
    for run in runs.of_sweep(unit.conn, sweep_id):
        if run.prior:
            cleared = {"sweep_id": None, "params": None, "point_hash": None, "point_index": None, "round": 0}
            version = unit.changed(run.project_id, "run", run.id)
            runs.change(unit.conn, run.key, {**cleared, "prior": False, "version": version})
    points.return_borrowed(unit.conn, sweep_id)


def read_borrowed(
    conn: Connection, sweep_id: str, plan: Plan, known: Mapping[int, Meaning] = _NOTHING_KNOWN
) -> dict[int, Meaning]:
    """What the runs of other sweeps that a sweep learns from mean to it with this configuration, by their keys; those
    are read that are not ``known``, or not as they are now."""
    return _meanings(conn, plan, sweep_versions.borrowed(conn, sweep_id), known)


def measure_borrowed(unit: Unit, sweep_id: str, plan: Plan, known: Mapping[int, Meaning] | None) -> None:
    """Lets a sweep with another metric learn from the values that these runs have of it. ``known`` is what
    ``read_borrowed`` found before the transaction; None: the metric is the old one."""
    if known is None:
        return
    found = read_borrowed(unit.conn, sweep_id, plan, known)
    values = {key: {name: one.columns[name] for name in _MEASURED} for key, one in found.items()}
    sweep_versions.measure_borrowed(unit.conn, sweep_id, values)


def _meanings(conn: Connection, plan: Plan, found: list[Any], known: Mapping[int, Meaning]) -> dict[int, Meaning]:
    """What runs mean to a sweep, by key; those are read that are not known, or not as they are now."""
    same = dict.fromkeys({run.sweep_id for run in found}, False)
    for sweep_id in same:
        origin = None if sweep_id is None else sweeps.get(conn, sweep_id)
        same[sweep_id] = origin is not None and metric_goal(origin.config) == metric_goal(plan.stored)
    now = {run.key: (run.version, same[run.sweep_id]) for run in found}
    holds = {key: one for key, one in known.items() if now.get(key) == (one.version, one.same_metric)}
    read = prior_runs.whole(conn, [key for key in now if key not in holds])
    return holds | {run.key: _meaning(conn, plan, run, same_metric=same[run.sweep_id]) for run in read}


def _meaning(conn: Connection, plan: Plan, run: Any, *, same_metric: bool) -> Meaning:
    """One that lacks parameters is learnt from as far as it goes."""
    from besom.search import nest

    values = known_values(plan, run.config, run.params)
    columns = {"params": nest(values) if values else None, "point_hash": identity_of(plan, point_of(plan, values))}
    metric = {name: getattr(run, name) for name in METRIC_COLUMNS} if same_metric else _metric_columns(conn, plan, run)
    return Meaning(run.version, same_metric, columns | metric)


def _metric_columns(conn: Connection, plan: Plan, run: Any) -> dict[str, Any]:
    """What the run's history and summary say of the sweep's metric."""
    metric = plan.config.metric
    new = None
    if metric is not None:
        from besom.server.store import curves  # loads NumPy, which the server does not need to start

        logged = finite_numbers(curves.values(conn, run.key, metric.name))
        new = add_values(_NO_VALUES, metric, logged, finite_numbers([run.summary.get(metric.name)]))
    return new.columns if new else vars(_NO_VALUES)
