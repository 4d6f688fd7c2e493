"""Mutations that tell a run what to do, and what besom does not do with runs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal, cast

from besom.protocol import AlertRecord, RunStop
from besom.server.services import artifact_changes, run_commands, runs
from besom.server.services.refusals import Conflict, Gone, Invalid, Missing
from besom.server.wandb.call import Call
from besom.server.wandb.ids import address_of
from besom.server.wandb.nodes import entity_of, project_of
from besom.server.wandb.resolvers import Resolvers

RESOLVERS = Resolvers()


@RESOLVERS.of("Mutation.stopRun")
async def stop_run(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Tells a run to end; one that has ended needs no telling."""
    entity, project, run_id = address_of("Run", input["id"])
    with suppress(Conflict):
        await runs.stop_run(call.ctx, call.caller, entity, project, run_id, RunStop())
    return {"success": True}


@RESOLVERS.of("Mutation.deleteRun")
async def delete_run(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, None]:
    """Deletes a run, with what it has logged; again changes nothing."""
    entity, project, run_id = address_of("Run", input["id"])
    with suppress(Missing, Gone):
        if input.get("deleteArtifacts"):
            await artifact_changes.delete_artifacts_of_run(call.ctx, call.caller, (entity, project, run_id))
        await runs.delete_run(call.ctx, call.caller, entity, project, run_id)
    return {"clientMutationId": None}


@RESOLVERS.of("Mutation.updateRunState")
async def update_run_state(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """Lets a run wait for a program again, or gives it up."""
    entity, project, run_id = address_of("Run", input["id"])
    state = input["state"].lower()
    if state not in ("pending", "failed"):
        raise Invalid("bad_state", f"invalid state transition: nobody can set a run to {state!r}.", field="state")
    wanted = cast("Literal['pending', 'failed']", state)
    await run_commands.set_run_state(call.ctx, call.caller, entity, project, run_id, wanted)
    return {"success": True}


@RESOLVERS.of("Mutation.notifyScriptableRunAlert")
async def notify(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, bool]:
    """The program wants a person to know."""
    told = AlertRecord(
        title=input["title"], text=input.get("text") or "", level=input.get("severity") or "INFO", time=call.ctx.clock()
    )
    place = (entity_of(call, input.get("entityName")), project_of(input.get("projectName")), input["runName"])
    wait = (input.get("waitDuration") or 0) / 1000
    await run_commands.alert(call.ctx, call.services.plans, call.caller, *place, told, wait=wait)
    return {"success": True}


@RESOLVERS.of("Mutation.rewindRun")
def rewind_run(_call: Call, _parent: None, input: dict[str, Any]) -> None:
    """Not offered: history is only ever added to."""
    raise Invalid(
        "no_rewind",
        f"besom cannot rewind a run (resume_from={input['runName']!r}): what was logged stays.",
        'Go on with the run: init(id=..., resume="allow"). Or begin a new one from the checkpoint.',
    )
