"""From rows to messages: how projects, sweeps, runs, agents and events look from outside. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from besom.protocol import (
    Agent,
    BestRun,
    BudgetUse,
    Event,
    MetricGoal,
    Project,
    Role,
    Run,
    StopRecord,
    Sweep,
    Tries,
)
from besom.server.services.context import Context

_STOPPED = ("killed", "finished")
"""States in which a run ends that was told to; in all others it ended for another reason."""


def project_view(row: Any, role: Role) -> Project:
    """A row of ``store.projects.listing``, for somebody who is ``role`` there."""
    return Project(
        entity=row.entity,
        name=row.name,
        role=role,
        created=row.created,
        last_activity=row.last_activity,
        run_count=row.run_count,
        running=row.running,
        sweep_count=row.sweep_count,
    )


def metric_goal(config: dict[str, Any]) -> MetricGoal | None:
    """The metric of a stored configuration, which the check has made complete."""
    metric = config.get("metric")
    if not isinstance(metric, dict) or "name" not in metric:
        return None
    return MetricGoal(
        name=metric["name"],
        goal=metric.get("goal", "minimize"),
        target=metric.get("target"),
        use=metric.get("use", "best"),
    )


def sweep_name(row: Any) -> str:
    """Edited display name, else the configuration's name, else the id."""
    return str(row.display_name or row.config.get("name") or row.id)


def sweep_view(
    ctx: Context, row: Any, totals: list[Any], best: Any | None, agents: Any | None, budget: list[BudgetUse]
) -> Sweep:
    """A sweep's row, its ``run_totals``, ``best_run``, ``living_agents`` and what it used of its budget."""
    return Sweep(
        id=row.id,
        entity=row.entity,
        project=row.project,
        name=sweep_name(row),
        description=row.description,
        state=row.state,
        state_reason=row.state_reason,
        method=row.config["method"],
        metric=metric_goal(row.config),
        config=row.config,
        text=row.text,
        creator=row.creator,
        created=row.created,
        updated=row.updated,
        run_count=sum(total.count for total in totals),
        runs_by_state={total.state: total.count for total in totals},
        stopped_early={total.state: total.stopped for total in totals if total.stopped and total.state in _STOPPED},
        expected_runs=row.expected_runs,
        budget=budget,
        compute_seconds=float(sum(total.seconds for total in totals)),
        best=BestRun(id=best.id, name=best.name, value=best.metric_value) if best else None,
        agent_count=agents.number if agents else 0,
        slots=agents.slots if agents else 0,
        controller=agents.controller if agents else None,
        version=row.version,
        url=ctx.page(row.entity, row.project, "sweeps", row.id),
    )


def run_view(ctx: Context, row: Any, entity: str, project: str) -> Run:
    """A run's row and the names of its project."""
    latest = row.ended or row.heartbeat or row.started
    return Run(
        id=row.id,
        entity=entity,
        project=project,
        name=row.name,
        state=row.state,
        reason=row.reason or row.stop_reason or "",
        sweep_id=row.sweep_id,
        agent_id=row.agent_id,
        params=row.params,
        why=row.why,
        tries=tries_view(row.attempt, row.retry_of, row.retried_by, row.retry_due),
        stopped=None if row.stopped is None else msgspec.convert(row.stopped, StopRecord),
        config=row.config,
        summary=row.summary,
        best=row.metric_value,
        last=row.metric_last,
        steps=row.steps,
        created=row.created,
        started=row.started,
        heartbeat=row.heartbeat,
        ended=row.ended,
        duration=max(0.0, latest - row.started) if row.started is not None else 0.0,
        exit_code=row.exit_code,
        creator=row.creator,
        host=row.host,
        program=row.program,
        python=row.python,
        tags=row.tags,
        notes=row.notes,
        group=row.run_group,
        job_type=row.job_type,
        version=row.version,
        url=ctx.page(entity, project, "runs", row.id),
    )


def tries_view(attempt: int, retry_of: str | None, retried_by: str | None, due: bool) -> Tries | None:
    """A run's place among several tries; None for the only one."""
    if attempt == 1 and retried_by is None and not due:
        return None
    return Tries(attempt=attempt, after=retry_of, next=retried_by, due=due)


def agent_view(row: Any, run_ids: list[str]) -> Agent:
    """A row of ``store.agents.of_sweep``, and the runs that it works on."""
    return Agent(
        id=row.id,
        name=row.name,
        host=row.host,
        pid=row.pid,
        state=row.state,
        created=row.created,
        heartbeat=row.heartbeat,
        run_id=run_ids[0] if run_ids else None,
        run_count=row.run_count,
        failed_count=row.failed_count,
        slots=row.slots,
        gpus=row.gpus,
        run_ids=run_ids,
        quarantined=row.quarantined,
        quarantine_reason=row.quarantine_reason,
    )


def event_view(row: Any) -> Event:
    """An event's row."""
    return Event(
        id=row.id,
        time=row.time,
        kind=row.kind,
        sweep_id=row.sweep_id,
        run_id=row.run_id,
        agent_id=row.agent_id,
        actor=row.actor,
        reason=row.reason,
        level=row.level,
    )
