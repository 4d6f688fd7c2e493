"""Early stopping, decided on each report in the report's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan
from besom.server.services.report import finite_numbers
from besom.server.store import points, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.search.stopping import Stop


def judge(conn: Connection, plan: Plan, before: Any, run: Any, values: list[float]) -> Stop | None:
    """Keeps a run's values at the rungs that it has just reached, and says whether it should end.

    Args:
        conn: The transaction's connection.
        plan: The sweep's.
        before: The run's row without the new values.
        run: The row with them.
        values: The new finite values of the metric, oldest first.
    """
    stopper = plan.stopper
    if stopper is None or not values:
        return None
    reached = stopper.rungs(run.metric_count)
    new = {rung: values[rung - before.metric_count - 1] for rung in reached if rung > before.metric_count}
    if new:
        points.add_brackets(conn, run.key, run.sweep_id, new)
    if not (new or (reached and stopper.again)):
        return None
    rung = reached[-1]
    at_rung = new[rung] if new else points.bracket_value(conn, run.key, rung)
    if at_rung is None:  # a prior run's rung, passed before it belonged to the sweep
        return None
    ranked = points.RankedValues(conn, run.sweep_id, rung, best_is_least=stopper.goal == "minimize")
    return stopper.decide(rung, at_rung, run.metric_best, ranked)


def place_at_rungs(conn: Connection, plan: Plan, run: Any) -> None:
    """Keeps a run's values at all rungs anew, from its history: the run was not counted."""
    points.drop_brackets(conn, run.key)
    if at_rungs := values_at_rungs(conn, plan, run):
        points.add_brackets(conn, run.key, run.sweep_id, at_rungs)


def values_at_rungs(conn: Connection, plan: Plan, run: Any) -> dict[int, float]:
    """A run's values at all rungs, from its whole history."""
    from besom.server.store import curves  # loads NumPy, which the server does not need to start

    if plan.stopper is None or plan.config.metric is None or run.prior or run.retried_by is not None:
        return {}
    values = finite_numbers(curves.values(conn, run.key, plan.config.metric.name))
    return {rung: values[rung - 1] for rung in plan.stopper.rungs(len(values))}


class RungsAnew:
    """All values at rungs of a sweep whose rule changes. The histories are read before the transaction that changes it,
    which then reads only those of runs that have changed since.
    """

    def __init__(self, conn: Connection, plan: Plan, sweep_id: str) -> None:
        self._plan = plan
        self._sweep_id = sweep_id
        every = runs.of_sweep(conn, sweep_id)
        self._known = {run.key: (run.version, values_at_rungs(conn, plan, run)) for run in every}

    def keep(self, conn: Connection) -> None:
        """Puts them in the place of those of the rule before."""
        found: dict[int, dict[int, float]] = {}
        for key, version in runs.versions_of_sweep(conn, self._sweep_id).items():
            known_at, found[key] = self._known.get(key, (None, {}))
            if version != known_at:
                found[key] = values_at_rungs(conn, self._plan, runs.by_key(conn, key))
        points.replace_brackets(conn, self._sweep_id, found)
