"""The type Run: what follows from the run itself, and what a program needs to go on with it."""

from __future__ import annotations

from typing import Any

from besom.protocol import Run
from besom.server.services import histories, run_details
from besom.server.services.states import UNFINISHED
from besom.server.wandb.call import Call
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.run_config import write_config
from besom.server.wandb.run_facts import writer_of
from besom.server.wandb.run_summary import write_summary
from besom.server.wandb.scalars import write_json, write_time

RESOLVERS = Resolvers()


def is_told_to_stop(run: Run) -> bool:
    """Whether a run is to end and has not done so yet. Until its end a run's reason is that of the order to stop."""
    return run.state in UNFINISHED and run.reason != ""


RESOLVERS.plain(
    "Run",
    {
        "internalId": lambda node: node.id,
        "projectId": lambda node: node.project.number,
        "name": lambda node: node.run.id,
        "displayName": lambda node: node.run.name,
        "description": lambda _node: None,
        "notes": lambda node: node.run.notes,
        "tags": lambda node: node.run.tags,
        "sweepName": lambda node: node.run.sweep_id,
        "state": lambda node: node.run.state,
        "group": lambda node: node.run.group,
        "jobType": lambda node: node.run.job_type,
        "host": lambda node: node.run.host,
        "program": lambda node: node.run.program,
        "createdAt": lambda node: write_time(node.run.created),
        "updatedAt": lambda node: write_time(node.run.heartbeat or node.run.created),
        "heartbeatAt": lambda node: write_time(node.run.heartbeat),
        "computeSeconds": lambda node: node.run.duration,
        "summaryMetrics": lambda node: write_json(write_summary(node.run.summary)),
        "historyLineCount": lambda node: node.run.steps,
        "exitcode": lambda node: node.run.exit_code,
        "shouldStop": lambda node: is_told_to_stop(node.run),
        "stopped": lambda node: is_told_to_stop(node.run) or node.run.state == "killed" or node.run.stopped is not None,
        "failed": lambda node: node.run.state in ("failed", "crashed"),
        "running": lambda node: node.run.state == "running",
    },
)


@RESOLVERS.of("Run.readOnly")
async def read_only(call: Call, parent: RunNode) -> bool:
    """Whether the caller may change nothing of it."""
    return await call.is_read_only(parent.run.entity)


@RESOLVERS.of("Run.config")
async def config(call: Call, parent: RunNode) -> str:
    """The config, each value in its envelope, with what the client keeps there for itself."""
    return write_json(write_config(parent.run.config, await _client(call, parent)))


@RESOLVERS.of("Run.wandbConfig")
async def wandb_config(call: Call, parent: RunNode, keys: list[str] | None = None) -> str:
    """What the client keeps for itself. A run that no process has begun yet must have nothing of it."""
    client = await _client(call, parent) or {}
    if not client and parent.run.started is not None:  # begun by another client; this one looks for the key ``t``
        client = {"t": {}}
    return write_json({key: value for key, value in client.items() if keys is None or key in keys})


@RESOLVERS.of("Run.commit")
async def commit(call: Call, parent: RunNode) -> str | None:
    """Of the program's repository."""
    git = writer_of(await _client(call, parent)).get("git")
    return git.get("commit") if isinstance(git, dict) else None


@RESOLVERS.of("Run.logLineCount")
async def log_line_count(call: Call, parent: RunNode) -> int:
    """Number of lines that it has printed."""
    run = parent.run
    return (await run_details.get_details(call.ctx, call.caller, run.entity, run.project, run.id)).output_lines


@RESOLVERS.of("Run.eventsLineCount")
async def events_line_count(call: Call, parent: RunNode) -> int:
    """How often the load of its machine was told."""
    run = parent.run
    return (await run_details.latest_sample(call.ctx, call.caller, run.entity, run.project, run.id))[0]


@RESOLVERS.of("Run.historyTail")
async def history_tail(call: Call, parent: RunNode) -> str:
    """The last row, as a list of texts."""
    run = parent.run
    if not run.steps:
        return "[]"
    place = (run.entity, run.project, run.id)
    page = await histories.run_history(call.ctx, call.caller, *place, after=run.steps - 1, limit=1, keys=None)
    return _texts(page.rows)


@RESOLVERS.of("Run.eventsTail")
async def events_tail(call: Call, parent: RunNode) -> str:
    """What was told last of the load of its machine, as a list of texts."""
    run = parent.run
    _, sample = await run_details.latest_sample(call.ctx, call.caller, run.entity, run.project, run.id)
    if sample is None:
        return "[]"
    row: dict[str, Any] = {f"system.{key}": value for key, value in sample.data.items()}
    row["_timestamp"] = sample.time
    if run.started is not None:
        row["_runtime"] = max(0.0, sample.time - run.started)
    return _texts([row])


def _texts(rows: list[dict[str, Any]]) -> str:
    return write_json([write_json(row) for row in rows])


async def _client(call: Call, parent: RunNode) -> dict[str, Any] | None:
    """What the client keeps with the run for itself; asked once for all runs of a page."""
    place = (parent.run.entity, parent.run.project)

    async def look(run_ids: list[str]) -> dict[str, dict[str, Any]]:
        return await run_details.client_facts(call.ctx, call.caller, *place, run_ids)

    found: dict[str, Any] | None = await call.batches.ask(("client", *place), look, parent.run.id)
    return found
