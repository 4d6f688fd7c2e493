"""Prior runs: runs of the project that a new sweep learns from, as observations and as covered grid points.

Those that belong to no sweep become runs of the new one. Those of other sweeps stay there and are borrowed: what they
mean to the new sweep is written down when it is made.
"""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from besom.protocol import NewSweep
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.known_points import identity_of, known_values, point_of
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.report import finite_numbers
from besom.server.services.states import ENDED, UNFINISHED
from besom.server.services.sweep_metric import METRIC_COLUMNS, add_values
from besom.server.services.views import metric_goal
from besom.server.store import points, run_list, runs, sweeps
from besom.server.store.errors import FilterError
from besom.server.store.filters import compile_filter

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

MOST_PRIOR_RUNS = 10_000
_NO_VALUES = SimpleNamespace(**{**dict.fromkeys(METRIC_COLUMNS), "metric_count": 0})


def attach_prior_runs(unit: Unit, sweep: Any, plan: Plan, new: NewSweep) -> None:
    """Gives a new sweep its prior runs. What they cover is told by what they were handed out, else by their config.

    Raises:
        Missing: there is no such run or sweep in the project.
        Conflict: a run, named by its id, has not ended; nothing was found to learn from.
        Invalid: the filter cannot be understood; there are too many.
    """
    found = {run.key: run for run in _named(unit, sweep.project_id, new.prior_runs)}
    for other in dict.fromkeys(new.prior_sweeps):
        found |= {run.key: run for run in _of_sweep(unit, sweep.project_id, other)}
    if new.prior_filter is not None:
        found |= {run.key: run for run in _matching(unit, sweep.project_id, new.prior_filter)}
    if len(found) > MOST_PRIOR_RUNS:
        raise Invalid(
            "too_many_prior_runs",
            f"{len(found)} prior runs were found, and a sweep can learn from at most {MOST_PRIOR_RUNS}.",
            "Name fewer, or write a narrower filter.",
            field="prior_filter" if new.prior_filter is not None else "prior_sweeps",
        )
    origins: dict[str, Any] = {}
    adopted: list[str | None] = []
    borrowed: list[dict[str, Any]] = []
    for run in sorted(found.values(), key=lambda run: int(run.key)):
        if run.sweep_id is None:
            adopted.append(_adopt(unit, sweep, plan, run))
        else:
            if run.sweep_id not in origins:
                origins[run.sweep_id] = sweeps.get(unit.conn, run.sweep_id)
            origin = origins[run.sweep_id]
            same_metric = origin is not None and metric_goal(origin.config) == metric_goal(sweep.config)
            meaning = _meaning(unit, plan, run, same_metric=same_metric)
            kept = {name: meaning[name] for name in points.BORROWED}
            borrowed.append({"sweep_id": sweep.id, "run_key": run.key, **kept})
    points.borrow(unit.conn, borrowed)
    if found:
        unit.event(sweep.project_id, "sweep.learns", sweep.creator, _told([*found.values()]), sweep_id=sweep.id)
    if found and sweep.expected_runs is not None:
        elsewhere = [] if plan.config.is_searched_outside else [row["point_hash"] for row in borrowed]
        expected = len(adopted) + (_left(plan, adopted, elsewhere) or 0)
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


def _named(unit: Unit, project_id: int, run_ids: list[str]) -> list[Any]:
    found = []
    for run_id in run_ids:
        run = runs.get(unit.conn, project_id, run_id)
        if run is None or run.deleted is not None:
            raise Missing(
                "run_not_found",
                f"The prior run {run_id!r} does not exist in this project.",
                "Prior runs are ids of runs of the sweep's own project.",
                field="prior_runs",
            )
        if run.state in UNFINISHED:
            raise Conflict(
                "run_not_ended",
                f"The prior run {run_id} is {run.state}.",
                "Wait for its end, or stop it.",
                field="prior_runs",
            )
        found.append(run)
    return found


def _of_sweep(unit: Unit, project_id: int, sweep_id: str) -> list[Any]:
    other = sweeps.get(unit.conn, sweep_id)
    if other is None or other.project_id != project_id:
        raise Missing(
            "sweep_not_found",
            f"The prior sweep {sweep_id!r} does not exist in this project.",
            "Prior sweeps are ids of sweeps of the sweep's own project.",
            field="prior_sweeps",
        )
    ended = [run for run in runs.of_sweep(unit.conn, sweep_id) if run.state in ENDED and run.retried_by is None]
    if not ended:
        raise Conflict(
            "no_prior_runs",
            f"The prior sweep {sweep_id} has no run that has ended: there is nothing to learn from.",
            "Wait for its runs, or leave it out.",
            field="prior_sweeps",
        )
    return ended


def _matching(unit: Unit, project_id: int, given: dict[str, Any]) -> list[Any]:
    try:
        condition: ColumnElement[bool] = compile_filter(given)
    except FilterError as error:
        raise Invalid("bad_filter", error.message, error.hint, field="prior_filter") from None
    condition &= run_list.living(project_id) & run_list.LAST_TRIES
    found = run_list.matching(unit.conn, condition, sorted(ENDED), MOST_PRIOR_RUNS + 1)
    if not found:
        raise Conflict(
            "no_prior_runs",
            "No run of the project that has ended matches the filter of prior runs.",
            "Try the filter in the list of runs.",
            field="prior_filter",
        )
    return found


def _adopt(unit: Unit, sweep: Any, plan: Plan, run: Any) -> str | None:
    """Makes an ordinary run part of the sweep; returns the identity of its configuration."""
    columns = _meaning(unit, plan, run, same_metric=False)
    if columns["point_hash"] is not None:
        columns["round"] = points.next_round(unit.conn, sweep.id, columns["point_hash"])
    version = unit.changed(sweep.project_id, "run", run.id)
    runs.change(unit.conn, run.key, {"sweep_id": sweep.id, "prior": True, "version": version, **columns})
    identity: str | None = columns["point_hash"]
    return identity


def detach_prior_runs(unit: Unit, sweep_id: str) -> None:
    """Makes adopted runs ordinary ones again, and forgets the borrowed; the sweep has handed out nothing yet."""
    for run in runs.of_sweep(unit.conn, sweep_id):
        if run.prior:
            cleared = {"sweep_id": None, "params": None, "point_hash": None, "point_index": None, "round": 0}
            version = unit.changed(run.project_id, "run", run.id)
            runs.change(unit.conn, run.key, {**cleared, "prior": False, "version": version})
    points.return_borrowed(unit.conn, sweep_id)


def _meaning(unit: Unit, plan: Plan, run: Any, *, same_metric: bool) -> dict[str, Any]:
    """The columns by which a sweep knows a run. One that lacks parameters is learnt from as far as it goes."""
    from besom.search import nest

    values = known_values(plan, run.config, run.params)
    columns = {"params": nest(values) if values else None, "point_hash": identity_of(plan, point_of(plan, values))}
    if same_metric:
        return columns | {name: getattr(run, name) for name in METRIC_COLUMNS}
    return columns | _metric_columns(unit, plan, run)


def _metric_columns(unit: Unit, plan: Plan, run: Any) -> dict[str, Any]:
    """What the run's history and summary say of the sweep's metric."""
    metric = plan.config.metric
    new = None
    if metric is not None:
        from besom.server.store import curves  # loads NumPy, which the server does not need to start

        logged = finite_numbers(curves.values(unit.conn, run.key, metric.name))
        new = add_values(_NO_VALUES, metric, logged, finite_numbers([run.summary.get(metric.name)]))
    return new.columns if new else vars(_NO_VALUES)
