"""What a filter or an order of runs may name."""

from __future__ import annotations

from sqlalchemy import func, select

from besom.server.store.fields import Field, Fields, number, text, time
from besom.server.store.tables import projects, runs
from besom.server.store.work_time import lasted

FIELDS = Fields(
    "A run",
    runs.c.key,  # their creation
    [
        text("id", runs.c.id),
        text("name", runs.c.name),
        text("display_name", runs.c.name),
        text("state", runs.c.state),
        text("sweep", runs.c.sweep_id),
        text("agent", runs.c.agent_id),
        text("group", runs.c.run_group),
        text("job_type", runs.c.job_type),
        text("notes", runs.c.notes),
        text("entity", select(projects.c.entity).where(projects.c.id == runs.c.project_id).scalar_subquery()),
        text("creator", runs.c.creator),
        text("host", runs.c.host),
        text("program", runs.c.program),
        time("created_at", runs.c.created),
        time("started_at", runs.c.started),
        time("heartbeat_at", runs.c.heartbeat),
        time("ended_at", runs.c.ended),
        number("duration", lasted(runs.c.started, func.coalesce(runs.c.ended, runs.c.heartbeat))),
        number("steps", runs.c.steps),
        number("exit_code", runs.c.exit_code),
        number("best", runs.c.metric_value),
        number("last", runs.c.metric_last),
        Field("tags", func.json_array_length(runs.c.tags) > 0, elements=runs.c.tags),
    ],
    # As W&B's own clients write them.
    aliases={
        "displayName": "display_name",
        "jobType": "job_type",
        "createdAt": "created_at",
        "heartbeatAt": "heartbeat_at",
        "username": "creator",
        "summaryMetrics": "summary",
    },
    roots={
        "config": runs.c.config,
        "params": runs.c.params,
        "summary": runs.c.summary,
        "summary_metrics": runs.c.summary,
    },
    # As define_metric() has them kept.
    aggregates=dict.fromkeys(("summary", "summary_metrics"), ("best", "min", "max", "mean", "last", "first")),
)
