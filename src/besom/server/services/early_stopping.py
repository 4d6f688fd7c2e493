"""Early stopping, decided on each report in the report's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan
from besom.server.services.report import finite_numbers
from besom.server.store import points

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
    """Keeps a run's values at all rungs anew, from its history: the rule has changed, or the run was not counted."""
    from besom.server.store import curves  # loads NumPy, which the server does not need to start

    points.drop_brackets(conn, run.key)
    if plan.stopper is None or plan.config.metric is None or run.prior:
        return
    values = finite_numbers(curves.values(conn, run.key, plan.config.metric.name))
    at_rungs = {rung: values[rung - 1] for rung in plan.stopper.rungs(len(values))}
    if at_rungs:
        points.add_brackets(conn, run.key, run.sweep_id, at_rungs)
