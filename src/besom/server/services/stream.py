"""Takes in a run's spool, exactly once: rows, summary, metric, early stopping, offset, heartbeat: one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from besom.protocol import ExitRecord, MetricGoal, StreamAck
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.early_stopping import judge
from besom.server.services.endings import ending_of_record
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.report import Report, read_report
from besom.server.services.run_state import change_run_state, order_stop
from besom.server.services.runs import find_run
from besom.server.services.states import UNFINISHED, is_open
from besom.server.services.sweep_state import change_sweep_state, settle, touch_sweep
from besom.server.services.users import Caller
from besom.server.services.views import metric_goal
from besom.server.store import runs, segments, sweeps
from besom.server.store.segments import Segment

_DECODED_IN_PLACE = 1 << 16
"""Bytes; a larger piece is decoded in a thread, so that nobody waits for it."""


async def take_spool(
    ctx: Context, plans: Plans, caller: Caller, entity: str, project: str, run_id: str, offset: int, spool: bytes
) -> StreamAck:
    """Stores what is new in a piece of spool that begins at byte ``offset``. An empty piece is a heartbeat.

    Raises:
        Conflict: the piece begins after what the server has (``offset_gap``; carries the offset to begin at).
        Gone: the run was deleted.
        Invalid: a line is no record.
    """
    whole: tuple[Report, Segment] | Invalid
    try:
        whole = await asyncio.to_thread(_read, spool) if len(spool) > _DECODED_IN_PLACE else _read(spool)
    except Invalid as refusal:
        whole = refusal  # it stands only if the server does not have that line already

    def take(unit: Unit) -> StreamAck:
        caller.must_write()
        run = find_run(unit.conn, caller, entity, project, run_id)
        if offset > run.offset:
            raise Conflict(
                "offset_gap",
                f"The piece begins at byte {offset}, and the server has {run.offset} bytes of the spool of {run_id}.",
                f"Send again from byte {run.offset}.",
                offset=run.offset,
            )
        known = run.offset - offset
        new = _read(spool[known:]) if known else whole
        if isinstance(new, Invalid):
            raise new
        report, packed = new
        run = _store(unit, plans, run, report, packed)
        return StreamAck(offset=run.offset, stop=run.stop_reason if run.state in UNFINISHED else None)

    return await ctx.write(take)


def _read(spool: bytes) -> tuple[Report, Segment]:
    report = read_report(spool)
    return report, segments.pack(report.rows)


def _store(unit: Unit, plans: Plans, run: Any, report: Report, packed: Segment) -> Any:
    if not report.size and run.state in UNFINISHED - {"pending"}:
        runs.touch(unit.conn, [run.key], unit.now)
        return run
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id else None
    metric = metric_goal(sweep.config) if sweep is not None else None
    values: dict[str, Any] = {"offset": run.offset + report.size, "claimed": True}
    if run.state not in ("finished", "failed", "killed"):
        values["heartbeat"] = unit.now
    if report.rows:
        segments.append(unit.conn, run.key, run.steps, packed)
        values["steps"] = run.steps + len(report.rows)
    if report.summary:
        values["summary"] = {**run.summary, **report.summary}
        if run.started is not None and report.rows:
            values["summary"]["_runtime"] = max(0.0, report.rows[-1].time - run.started)
    if report.config:
        values["config"] = {**run.config, **report.config}
    aggregates = None
    if metric is not None:
        aggregates = aggregate(run, metric, report.values(metric.name), report.values_by_hand(metric.name))
    if aggregates:
        values |= aggregates.columns
    first = run.steps == 0 and bool(report.rows)
    before, run = run, change_run_state(unit, run, "report", "run", values=values)
    if sweep is not None:
        plan = plans.of(sweep)
        if aggregates and metric:
            run = _consequences(unit, plan, sweep, metric, before, run, aggregates)
        if first:
            settle(unit, sweeps.get(unit.conn, sweep.id), plan)
    if report.exit is not None:
        run = _end(unit, plans, run, report.exit)
    return run


@dataclass(frozen=True, slots=True)
class Aggregates:
    """The metric's new values, and the columns of the run after them."""

    logged: list[float]
    all: list[float]
    columns: dict[str, Any]


def aggregate(run: Any, metric: MetricGoal, logged: list[float], by_hand: list[float]) -> Aggregates | None:
    """A run's metric after more finite values; None when there are none.

    A value set on the summary can be the run's best, as search expects; it is no step of the curve that early stopping
    looks at.
    """
    values = [*logged, *by_hand]
    if not values:
        return None
    better, worse = (min, max) if metric.goal == "minimize" else (max, min)
    best, worst = run.metric_best, run.metric_worst
    columns = {
        "metric_count": run.metric_count + len(logged),
        "metric_best": better(values if best is None else [best, *values]),
        "metric_worst": worse(values if worst is None else [worst, *values]),
        "metric_last": logged[-1] if logged else run.metric_last,
    }
    return Aggregates(logged, values, columns)


def reaches(metric: MetricGoal, value: float) -> bool:
    """Whether a value is at the target or better."""
    if metric.target is None:
        return False
    return value <= metric.target if metric.goal == "minimize" else value >= metric.target


def _consequences(
    unit: Unit, plan: Plan, sweep: Any, metric: MetricGoal, before: Any, run: Any, aggregates: Aggregates
) -> Any:
    """What a report of the sweep's metric leads to: the run ends early, the sweep has reached its target."""
    best = aggregates.columns["metric_best"]
    if best != before.metric_best:
        touch_sweep(unit, run.project_id, sweep.id)
    reached = [value for value in aggregates.all if reaches(metric, value)]
    if reached and is_open(sweep.state):
        reason = f"{run.name} reached the target: {metric.name} = {reached[0]:.6g}, wanted {metric.target:.6g}"
        change_sweep_state(unit, sweep, "complete", "server", reason)
    stop = judge(unit.conn, plan, run, before.metric_count, aggregates.logged)
    if stop is not None and run.state in UNFINISHED:
        run = order_stop(unit, run, "early stopping", stop)
    return run


def _end(unit: Unit, plans: Plans, run: Any, end: ExitRecord) -> Any:
    ending = ending_of_record(end.code, stop_reason=run.stop_reason)
    run = change_run_state(unit, run, "exit_record", "run", ending=ending, exit_code=end.code)
    settle_run(unit, plans, run)
    return run


def settle_run(unit: Unit, plans: Plans, run: Any) -> None:
    """After a run's end: its sweep may have ended with it, or may go on without it."""
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id else None
    if sweep is not None:
        settle(unit, sweep, plans.of(sweep))
