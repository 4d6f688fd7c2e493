"""Puts what a program reports where it belongs: all of a piece of spool in one transaction."""

from __future__ import annotations

from typing import Any

from besom.protocol import ExitRecord
from besom.server.services import artifacts, run_files
from besom.server.services.aggregates import aggregate_records
from besom.server.services.configs import Plans
from besom.server.services.context import Unit
from besom.server.services.endings import ending_of_record
from besom.server.services.labels import fitted, label_columns, note_cut
from besom.server.services.report import Report
from besom.server.services.retries import BROKEN
from besom.server.services.returns import conclude
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import beginning, merge_config
from besom.server.services.states import UNFINISHED
from besom.server.services.sweep_end import settle
from besom.server.services.sweep_metric import act_on, add_values
from besom.server.store import agents, events, output, run_details, runs, samples, segments, spools, sweeps
from besom.server.store.segments import Segment

ALERT = "run.alert"
"""The event of an alert."""
MOST_ALERTS = 1_000
"""Of a run; the newest are kept."""


def take_report(unit: Unit, plans: Plans, run: Any, spool: Any, report: Report, packed: Segment) -> Any:
    """Stores the next records of a spool and draws the consequences; returns the run's row.

    Only the newest process of a run says how the run is, until that waits for another one, or each of those that log to
    it at the same time. What an older process left behind is kept, and wins over nothing.
    """
    newest = spool.part == run.part or spool.rows is not None
    current = newest and run.claimed
    if not report.size:
        if current and run.state in UNFINISHED - {"pending"}:
            runs.touch(unit.conn, [run.key], unit.now)
            return run
    else:
        spools.advance(unit.conn, run.key, spool.part, spool.offset + report.size)
    unit.count("history_rows", len(report.rows))
    unit.count("stream_bytes", report.size)
    _keep_pieces(unit, run, spool.part, report)
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id else None
    plan = plans.readable(sweep) if sweep is not None else None
    metric = plan.config.metric if plan is not None else None
    new = None
    if metric is not None:
        new = add_values(run, metric, report.values(metric.name), report.values_by_hand(metric.name))
    values = _columns(unit, run, report, newest=newest) | (new.columns if new else {})
    if current and run.state not in ("finished", "failed", "killed"):
        values["heartbeat"] = unit.now
    if report.rows:
        segments.append(unit.conn, run.key, run.steps, packed)
        values["steps"] = run.steps + len(report.rows)
    before, run = run, _change(unit, run, report, values, current=current)
    if sweep is not None and plan is not None:
        if new and metric:
            run = act_on(unit, plan, sweep, metric, before, run, new)
        if before.steps == 0 and report.rows and plan.config.run_cap is not None:
            settle(unit, sweeps.get(unit.conn, sweep.id), plan)
    if report.exit is not None and current:
        run = _end(unit, plans, run, report.exit)
    return run


def _change(unit: Unit, run: Any, report: Report, values: dict[str, Any], *, current: bool) -> Any:
    if current:
        run = change_run_state(unit, run, "report", "run", values=values)
        if report.preempting:
            run = change_run_state(unit, run, "preempt", "run", reason="its machine is about to be taken away")
    elif values:
        run = runs.change(unit.conn, run.key, {**values, "version": unit.changed(run.project_id, "run", run.id)})
    return run


def _columns(unit: Unit, run: Any, report: Report, *, newest: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    summary = dict(report.summary)
    if report.about or report.metrics or report.client is not None or (run.aggregated and report.rows):
        values |= _details(unit, run, report, summary)
    if report.started is not None and (run.started is None or report.started < run.started):
        values["started"] = beginning(report.started)
    if "summary" in report.whole:
        values["summary"] = summary
    elif summary:
        if run.started is not None and report.rows:
            summary["_runtime"] = max(0.0, report.rows[-1].time - run.started)
        values["summary"] = {**run.summary, **summary} if newest else {**summary, **run.summary}
    if "config" in report.whole:  # what its sweep handed out is not the program's to change
        values["config"] = merge_config(report.config, run.params or {})
    elif report.config:
        values["config"] = {**run.config, **report.config} if newest else {**report.config, **run.config}
    for said in report.labels:
        labels, cut = fitted(said)
        columns = label_columns(labels)
        values |= columns
        # What is there already was told of: W&B's client says all labels again when one changes.
        note_cut(unit, run, {name: rule for name, rule in cut.items() if columns[name] != getattr(run, name)})
    return values


def _details(unit: Unit, run: Any, report: Report, summary: dict[str, Any]) -> dict[str, Any]:
    """Keeps definitions, aggregates and facts; changes ``summary`` to what is defined. Columns of the run."""
    known = run_details.get(unit.conn, run.key)
    new: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    if report.about:
        new["about"] = {**(known.about if known else {}), **report.about}
    if report.client is not None:
        new["client"] = report.client
    if report.metrics or (run.aggregated and report.rows):
        definitions = dict(known.metrics) if known else {}
        states = known.aggregates if known else {}
        new["aggregates"] = aggregate_records(report.records, definitions, states, summary)
        if report.metrics:
            new["metrics"] = definitions
            columns["aggregated"] = any(definition["summary"] for definition in definitions.values())
    run_details.put(unit.conn, run.key, known, new)
    return columns


def _keep_pieces(unit: Unit, run: Any, part: int, report: Report) -> None:
    if report.output:
        output.append(unit.conn, run.key, part, report.output)
    if report.samples:
        samples.append(unit.conn, run.key, report.samples)
    if report.files:
        run_files.announce(unit, run, report.files)
    for artifact in report.artifacts:
        artifacts.log_artifact(unit, run, artifact)
    if report.damaged:
        what = f"damaged lines of its spool were passed over: {len(report.damaged)}, of {sum(report.damaged)} bytes"
        unit.run_event(run, "run.damaged", run.name, what, level="WARN")
    for alert in report.alerts[-MOST_ALERTS:]:
        words = f"{alert.title}: {alert.text}" if alert.text else alert.title
        unit.run_event(run, ALERT, run.name, words, level=alert.level)
    if report.alerts:
        events.keep_newest(unit.conn, run.project_id, run.id, ALERT, MOST_ALERTS)


def _end(unit: Unit, plans: Plans, run: Any, end: ExitRecord) -> Any:
    preempting = run.state in ("preempting", "preempted")
    ending = ending_of_record(end.code, stop_reason=run.stop_reason, preempting=preempting)
    # Its own time, and no other than between its beginning and now: the record may come days later.
    ended = min(unit.now, max(run.started or 0.0, end.time))
    run = change_run_state(unit, run, "exit_record", "run", ending=ending, exit_code=end.code, ended=ended)
    if run.state != "preempted" and run.state not in BROKEN:
        return conclude(unit, plans, run)
    agent = agents.get(unit.conn, run.agent_id) if run.agent_id is not None else None
    # Its agent says when the process is over; those that poll say it of preempted runs alone, by naming them no more.
    is_over = agent is None or agent.state == "gone" or (agent.calls_functions is not None and run.state in BROKEN)
    return conclude(unit, plans, run, is_over=is_over)
