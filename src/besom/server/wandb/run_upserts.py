"""``upsertBucket``: a run begins, is gone on with, or changes; what is meant shows in what is sent."""

from __future__ import annotations

from typing import Any

from besom.protocol import NewRun, Run, RunChange, RunLabels
from besom.server.services import lines, run_commands
from besom.server.services.naming import new_id
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.run_changes import change_run
from besom.server.services.runs import get_run
from besom.server.wandb.call import Call
from besom.server.wandb.ids import address_of
from besom.server.wandb.nodes import RunNode, entity_of, project_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.run_config import read_config, told_by
from besom.server.wandb.run_summary import read_summary

RESOLVERS = Resolvers()

Place = tuple[str, str, str]
"""Entity, project and id of a run."""
_AT_WORK = ("running", "preempting")


@RESOLVERS.of("Mutation.upsertBucket")
async def upsert_bucket(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Makes or changes a run; see ``docs/wandb-protocol.md`` for how its kinds are told apart."""
    told = {name: value for name, value in input.items() if value is not None}
    _refuse_fork(told)
    by_id = "id" in told
    is_program = "host" in told or "jobProgram" in told
    place = _place(call, told)
    known = await _known(call, place, must_exist=by_id)
    if by_id and known is not None and not is_program:
        return _answer(await _change(call, place, told))
    if "state" in told and not is_program:
        made = await run_commands.create_run(call.ctx, call.caller, *place, waits=told["state"] == "pending")
        return _answer(made.run, inserted=made.is_new)
    if known is not None and known.started is not None and (known.state in _AT_WORK if by_id else not is_program):
        report = told_by(told.get("config"))
        report.labels = [_labels(told)]
        told_now = lines.Lines(report)
        taken = await lines.take_lines(call.ctx, call.services.plans, call.caller, *place, told_now, call.writer)
        return _answer(taken.run)
    return await _begin(call, place, told, resume=by_id)


def _refuse_fork(told: dict[str, Any]) -> None:
    _, client = read_config(told.get("config", {}))
    if client is not None and "branch_point" in client:
        raise Invalid(
            "no_fork",
            "besom cannot fork a run (fork_from): the new run would begin with the history of another.",
            "Begin a new run, and name the other one in its config or notes.",
        )


def _place(call: Call, told: dict[str, Any]) -> Place:
    if "id" in told:
        entity, project, run_id = address_of("Run", told["id"])
        return entity, project, run_id
    name = told.get("name") or new_id(call.ctx.rng)
    return entity_of(call, told.get("entityName")), project_of(told.get("modelName")), name


async def _known(call: Call, place: Place, *, must_exist: bool) -> Run | None:
    try:
        return await get_run(call.ctx, call.caller, *place)
    except Missing:
        if must_exist:
            raise
        return None


async def _begin(call: Call, place: Place, told: dict[str, Any], *, resume: bool) -> dict[str, Any]:
    """The program calls ``init``. Without ``resume`` the client begins at step 0, so what is there must not stay."""
    report = told_by(told.get("config"))
    if "commit" in told and "git" not in report.about:
        report.about["git"] = {"commit": told["commit"], "remote": told.get("jobRepo")}
    new = NewRun(
        id=place[2],
        sweep_id=told.get("sweep") or None,
        name=told.get("displayName"),
        tags=told.get("tags", []),
        notes=told.get("notes"),
        group=told.get("groupName"),
        job_type=told.get("jobType"),
        host=told.get("host"),
        program=told.get("jobProgram"),
        python=(report.client or {}).get("python_version"),
        started=call.ctx.clock(),
    )
    begun = await lines.begin_run(
        call.ctx, call.services.plans, call.caller, *place[:2], new, report, resume=resume, writer=call.writer
    )
    return _answer(begun.run, inserted=begun.is_new)


async def _change(call: Call, place: Place, told: dict[str, Any]) -> Run:
    """Somebody else than its program changes a run: what is sent replaces what is there."""
    config, _ = read_config(told.get("config", {}))
    labels = _labels(told)
    change = RunChange(
        name=labels.name,
        notes=labels.notes,
        tags=labels.tags,
        group=labels.group,
        job_type=labels.job_type,
        config=config,
        summary=read_summary(told.get("summaryMetrics", {})),
    )
    whole = frozenset(name for name, sent in (("config", "config"), ("summary", "summaryMetrics")) if sent in told)
    return await change_run(call.ctx, call.services.plans, call.caller, *place, change, whole)  # type: ignore[arg-type]


def _labels(told: dict[str, Any]) -> RunLabels:
    return RunLabels(
        name=told.get("displayName"),
        notes=told.get("notes", told.get("description")),
        tags=told.get("tags"),
        group=told.get("groupName"),
        job_type=told.get("jobType"),
    )


def _answer(run: Run, *, inserted: bool = False) -> dict[str, Any]:
    return {"bucket": RunNode(run), "inserted": inserted}
