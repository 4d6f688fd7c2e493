"""Prior runs: runs of the project that a new sweep takes over, as observations and as covered grid points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.refusals import Conflict, Missing
from besom.server.services.report import finite_numbers
from besom.server.services.states import UNFINISHED
from besom.server.store import points, runs


def attach_prior_runs(unit: Unit, project_id: int, sweep_id: str, plan: Plan, run_ids: Iterable[str]) -> None:
    """Makes runs part of a new sweep. What they cover is told by the values in their config.

    Raises:
        Missing: there is no such run in the project.
        Conflict: it belongs to a sweep, or has not ended.
    """
    for run_id in dict.fromkeys(run_ids):
        run = runs.get(unit.conn, project_id, run_id)
        if run is None or run.deleted is not None:
            raise Missing(
                "run_not_found",
                f"The prior run {run_id!r} does not exist in this project.",
                "Prior runs are ids of runs of the sweep's own project.",
                field="prior_runs",
            )
        if run.sweep_id is not None:
            raise Conflict(
                "run_in_sweep", f"The prior run {run_id} belongs to sweep {run.sweep_id} already.", field="prior_runs"
            )
        if run.state in UNFINISHED:
            raise Conflict(
                "run_not_ended",
                f"The prior run {run_id} is {run.state}.",
                "Wait for its end, or stop it.",
                field="prior_runs",
            )
        version = unit.changed(project_id, "run", run_id)
        runs.change(
            unit.conn, run.key, {"sweep_id": sweep_id, "version": version, **_as_trial(unit, plan, run, sweep_id)}
        )


def detach_prior_runs(unit: Unit, sweep_id: str) -> None:
    """Makes a sweep's runs ordinary ones again; the sweep has handed out nothing yet."""
    for run in runs.of_sweep(unit.conn, sweep_id):
        cleared = {"sweep_id": None, "params": None, "point_hash": None, "point_index": None, "round": 0}
        runs.change(unit.conn, run.key, {**cleared, "version": unit.changed(run.project_id, "run", run.id)})


def _as_trial(unit: Unit, plan: Plan, run: Any, sweep_id: str) -> dict[str, Any]:
    """The columns by which a sweep knows a run; without a point where the config lacks a parameter."""
    from besom.search import nest, point_hash, unnest

    columns: dict[str, Any] = _metric_columns(unit, plan, run)
    paths = [parameter.path for parameter in plan.config.parameters]
    values = unnest(run.config, paths)
    if paths and len(values) == len(paths):
        identity = point_hash(values)
        columns |= {"params": nest(values), "point_hash": identity}
        columns["round"] = points.next_round(unit.conn, sweep_id, identity)
    return columns


def _metric_columns(unit: Unit, plan: Plan, run: Any) -> dict[str, Any]:
    metric = plan.config.metric
    if metric is None:
        return {}
    from besom.server.store import curves  # loads NumPy, which the server does not need to start

    logged = finite_numbers(curves.values(unit.conn, run.key, metric.name))
    known = [*logged, *finite_numbers([run.summary.get(metric.name)])]
    if not known:
        return {"metric_count": 0, "metric_best": None, "metric_worst": None, "metric_last": None}
    better, worse = (min, max) if metric.goal == "minimize" else (max, min)
    return {
        "metric_count": len(logged),
        "metric_best": better(known),
        "metric_worst": worse(known),
        "metric_last": logged[-1] if logged else None,
    }
