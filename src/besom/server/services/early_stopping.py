"""Early stopping, decided on each report in the report's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.services.configs import Plan
from besom.server.store import points

if TYPE_CHECKING:
    from sqlalchemy import Connection


def judge(conn: Connection, plan: Plan, run: Any, counted: int, values: list[float]) -> str | None:
    """Keeps a run's new values at brackets and says why the run should end; None to let it go on.

    Args:
        conn: The transaction's connection.
        plan: The sweep's.
        run: The run's row, its aggregates up to date.
        counted: Number of values before these.
        values: The new finite values of the metric, oldest first.
    """
    stopper = plan.stopper
    if stopper is None:
        return None
    from besom.search.stopping import Curve

    brackets = stopper.brackets(run.metric_count)
    if not brackets:
        return None
    reached = {position: values[position - counted - 1] for position in brackets if position > counted}
    if reached:
        points.add_brackets(conn, run.key, run.sweep_id, reached)
    last = brackets[-1]
    value = reached.get(last, points.bracket_value(conn, run.key, last))
    if value is None:  # a prior run's bracket, passed before it belonged to the sweep
        return None
    decision = stopper.decide(
        Curve(run.metric_count, run.metric_best, {last: value}),
        {last: points.bracket_values(conn, run.sweep_id, last)},
    )
    return decision.reason if decision else None
