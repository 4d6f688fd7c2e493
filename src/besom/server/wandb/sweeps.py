"""Sweeps: created from YAML, changed, paused, resumed, stopped and canceled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import NewPoint, NewSweep, NewSweepVersion, Sweep, SweepAction, SweepChange
from besom.server.services.enqueue import enqueue
from besom.server.services.refusals import Invalid
from besom.server.services.sweep_creation import create_sweep, replace_config
from besom.server.services.sweep_versions import add_version
from besom.server.services.sweeps import (
    command_sweep,
    get_sweep,
    prior_runs,
    prior_runs_beside,
    rename_sweep,
)
from besom.server.wandb.call import Call
from besom.server.wandb.controllers import take_mail
from besom.server.wandb.envelopes import unwrapped
from besom.server.wandb.filters import filter_text
from besom.server.wandb.ids import address_of
from besom.server.wandb.nodes import SweepNode, entity_of, project_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.run_lists import page_of_runs
from besom.server.wandb.scalars import LARGEST_INT, write_time
from besom.server.wandb.users import Owner

if TYPE_CHECKING:
    from besom.config import Loaded, Problem

RESOLVERS = Resolvers()

_ACTIONS: dict[str, SweepAction] = {"RUNNING": "resume", "PAUSED": "pause", "FINISHED": "stop", "CANCELED": "cancel"}
"""Commands by the state that the client asks for."""

_WHO_CHOOSES = (("controller", "type"), ("scheduler",))

RESOLVERS.plain(
    "Sweep",
    {
        "name": lambda node: node.sweep.id,
        "displayName": lambda node: None if node.sweep.name == node.sweep.id else node.sweep.name,
        "method": lambda node: node.sweep.method,
        "state": lambda node: node.sweep.state,
        "description": lambda node: node.sweep.description,
        "config": lambda node: node.sweep.text,
        "createdAt": lambda node: write_time(node.sweep.created),
        "updatedAt": lambda node: write_time(node.sweep.updated),
        "heartbeatAt": lambda node: write_time(node.sweep.updated),
        "earlyStopJobRunning": lambda _node: False,
        "bestLoss": lambda node: node.sweep.best.value if node.sweep.best else None,
        "runCount": lambda node: node.sweep.run_count,
        "controllerRunName": lambda node: f"scheduler-{node.sweep.id}",
    },
)


@RESOLVERS.of("Sweep.priorRuns")
async def prior_runs_of(call: Call, node: SweepNode, **page: Any) -> dict[str, Any]:
    """The runs that the sweep learnt from when it was made."""
    ids = await prior_runs(call.ctx, call.caller, node.sweep.id)
    return await page_of_runs(call, node.project, {"name": {"$in": ids}}, **page)


@RESOLVERS.of("Sweep.runCountExpected")
async def expected_runs(call: Call, node: SweepNode) -> int | None:
    """How many points it has. To besom runs that were there before count as well, also those that are none of them."""
    expected = node.sweep.expected_runs
    if expected is None:
        return None
    place = (node.sweep.entity, node.sweep.project)

    async def look(sweep_ids: list[str]) -> dict[str, int]:
        return await prior_runs_beside(call.ctx, call.caller, *place, sweep_ids)

    beside: int = await call.batches.ask(("priorRunsBeside", *place), look, node.sweep.id) or 0
    return _int32(expected - beside)


@RESOLVERS.of("Sweep.user")
def creator(_call: Call, node: SweepNode) -> Owner:
    """Who made it."""
    return Owner(node.sweep.creator)


@RESOLVERS.of("Mutation.upsertSweep")
async def upsert_sweep(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Creates a sweep, or changes what is given of the one with ``id``; tells what the check warned about."""
    if input.get("id") is None:
        sweep, warnings = await _create(call, input)
    else:
        (sweep_id,) = address_of("Sweep", input["id"])
        sweep, warnings = await _update(call, sweep_id, input)
    return {"sweep": SweepNode(sweep), "configValidationWarnings": warnings}


@RESOLVERS.of("Mutation.enqueueSweepRun")
async def enqueue_run(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Queues a point of a sweep; the id is the new run's name.

    The client asks again when it has waited for too long, and says nothing by which that could be told from a wish for
    one more run of the same point. So nothing is queued for a client that has gone.
    """
    (sweep_id,) = address_of("Sweep", input["id"])
    point = NewPoint(params=unwrapped(input["config"]), display_name=input.get("displayName"))
    run = await enqueue(call.ctx, call.services.plans, call.caller, sweep_id, point, disconnected=call.disconnected)
    return {"id": run.id, "runQueueItemId": run.id}


async def _create(call: Call, asked: dict[str, Any]) -> tuple[Sweep, list[str]]:
    if not asked.get("config"):
        raise Invalid("bad_config", "A sweep is made of a configuration.", field="config")
    new, loaded = await _read(asked)
    entity, project = entity_of(call, asked.get("entityName")), project_of(asked.get("projectName"))
    created = await create_sweep(call.ctx, call.services.plans, call.caller, entity, project, new)
    return created.sweep, _warnings(loaded)


async def _update(call: Call, sweep_id: str, asked: dict[str, Any]) -> tuple[Sweep, list[str]]:
    ctx, plans, caller = call.ctx, call.services.plans, call.caller
    warnings: list[str] = []
    sweep = await get_sweep(ctx, caller, sweep_id)
    if asked.get("config"):
        new, loaded = await _read(asked)
        if new.config != sweep.config:
            if sweep.state == "PENDING":
                sweep = (await replace_config(ctx, plans, caller, sweep_id, new)).sweep
            else:
                changed = NewSweepVersion(text=asked["config"])
                sweep = (await add_version(ctx, plans, caller, sweep_id, changed)).sweep
            warnings = _warnings(loaded)
    change = SweepChange(display_name=asked.get("displayName"), description=asked.get("description"))
    if change != SweepChange():
        sweep = await rename_sweep(ctx, caller, sweep_id, change)
    if asked.get("controller"):
        sweep, passed_over = await take_mail(call, sweep, asked["controller"])
        warnings += passed_over
    if asked.get("state") and asked["state"] != sweep.state:
        sweep = await command_sweep(ctx, caller, sweep_id, _action(asked["state"]))
    return sweep, warnings


async def _read(asked: dict[str, Any]) -> tuple[NewSweep, Loaded]:
    """The configuration of a request.

    Raises:
        Invalid: it cannot be used; the message names every problem.
    """
    from besom.config import ConfigError, load_text

    try:
        loaded = await asyncio.to_thread(load_text, asked["config"])
    except ConfigError as error:
        raise Invalid("bad_config", f"Invalid sweep config: {ConfigError(map(_unnumbered, error.problems))}") from None
    new = NewSweep(config=loaded.config.stored, text=asked["config"], display_name=asked.get("displayName"))
    filters = asked.get("priorRunsFilters")
    names = _names(filters)
    if names is not None:
        new.prior_runs = names
    else:
        new.prior_filter = msgspec.json.decode(filter_text(filters))
    return new, loaded


def _names(filters: Any) -> list[str] | None:
    """The runs that a filter names one by one; None for any other filter."""
    if not filters:
        return []
    alternatives = filters.get("$or") if isinstance(filters, dict) and len(filters) == 1 else None
    if not isinstance(alternatives, list):
        return None
    names = [item["name"] for item in alternatives if isinstance(item, dict) and item.keys() == {"name"}]
    return names if len(names) == len(alternatives) and all(isinstance(name, str) for name in names) else None


def _warnings(loaded: Loaded) -> list[str]:
    """For the client each is a violation of its schema; that another process has to choose the runs is none."""
    return [str(_unnumbered(warning)) for warning in loaded.warnings if warning.path not in _WHO_CHOOSES]


def _unnumbered(problem: Problem) -> Problem:
    """Without its line: the client has written the text anew, in another order than the user's."""
    return replace(problem, line=None)


def _action(state: str) -> SweepAction:
    if state not in _ACTIONS:
        raise Invalid("bad_state", f"A sweep cannot be set to {state}. Choose one of: {', '.join(_ACTIONS)}.")
    return _ACTIONS[state]


def _int32(count: int | None) -> int | None:
    """GraphQL's integers have 32 bits: a grid of more points is as good as one without an end."""
    return None if count is None or count > LARGEST_INT else count
