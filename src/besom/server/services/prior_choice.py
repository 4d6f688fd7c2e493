"""Which runs of its project a new sweep learns from: those that it names, and those of other sweeps and of a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import NewSweep
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.states import ENDED, UNFINISHED
from besom.server.store import prior_runs, run_list, sweeps
from besom.server.store.errors import FilterError
from besom.server.store.filters import compile_filter

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

MOST_PRIOR_RUNS = 10_000


def chosen_runs(conn: Connection, project_id: int, new: NewSweep) -> list[Any]:
    """(key, id, name, state, sweep_id, version) of the prior runs of a new sweep, the oldest first.

    Raises:
        Missing: there is no such run or sweep in the project.
        Conflict: a run, named by its id, has not ended; nothing was found to learn from.
        Invalid: the filter cannot be understood; there are too many.
    """
    found = {run.key: run for run in _named(conn, project_id, new.prior_runs)}
    for other in dict.fromkeys(new.prior_sweeps):
        found |= {run.key: run for run in _of_sweep(conn, project_id, other)}
    if new.prior_filter is not None:
        found |= {run.key: run for run in _matching(conn, project_id, new.prior_filter)}
    if len(found) > MOST_PRIOR_RUNS:
        raise Invalid(
            "too_many_prior_runs",
            f"{len(found)} prior runs were found, and a sweep can learn from at most {MOST_PRIOR_RUNS}.",
            "Name fewer, or write a narrower filter.",
            field="prior_filter" if new.prior_filter is not None else "prior_sweeps",
        )
    return [found[key] for key in sorted(found)]


def _named(conn: Connection, project_id: int, run_ids: list[str]) -> list[Any]:
    found = prior_runs.named(conn, project_id, run_ids)
    for run_id in run_ids:
        run = found.get(run_id)
        if run is None:
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
    return [*found.values()]


def _of_sweep(conn: Connection, project_id: int, sweep_id: str) -> list[Any]:
    other = sweeps.get(conn, sweep_id)
    if other is None or other.project_id != project_id:
        raise Missing(
            "sweep_not_found",
            f"The prior sweep {sweep_id!r} does not exist in this project.",
            "Prior sweeps are ids of sweeps of the sweep's own project.",
            field="prior_sweeps",
        )
    condition = run_list.living(project_id, sweep_id) & run_list.LAST_TRIES
    ended = prior_runs.matching(conn, condition, sorted(ENDED))
    if not ended:
        raise Conflict(
            "no_prior_runs",
            f"The prior sweep {sweep_id} has no run that has ended: there is nothing to learn from.",
            "Wait for its runs, or leave it out.",
            field="prior_sweeps",
        )
    return ended


def _matching(conn: Connection, project_id: int, given: dict[str, Any]) -> list[Any]:
    try:
        condition: ColumnElement[bool] = compile_filter(given)
    except FilterError as error:
        raise Invalid("bad_filter", error.message, error.hint, field="prior_filter") from None
    condition &= run_list.living(project_id) & run_list.LAST_TRIES
    found = prior_runs.matching(conn, condition, sorted(ENDED), MOST_PRIOR_RUNS + 1)
    if not found:
        raise Conflict(
            "no_prior_runs",
            "No run of the project that has ended matches the filter of prior runs.",
            "Try the filter in the list of runs.",
            field="prior_filter",
        )
    return found
