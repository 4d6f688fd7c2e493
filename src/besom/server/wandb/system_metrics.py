"""The load of runs' machines, under the client's names: besom's with ``system.`` before them."""

from __future__ import annotations

from collections.abc import Mapping

from besom.server.services.system_metrics import latest_load, system_samples
from besom.server.wandb.call import Call
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_json

RESOLVERS = Resolvers()

_SAMPLES = 500


@RESOLVERS.of("Run.systemMetrics")
async def system_metrics(call: Call, parent: RunNode) -> str:
    """The latest value of each; asked once for all runs of a page."""
    run = parent.run
    place = (run.entity, run.project)

    async def look(run_ids: list[str]) -> dict[str, dict[str, float]]:
        return await latest_load(call.ctx, call.caller, *place, run_ids)

    return write_json(_named(await call.batches.ask(("systemMetrics", *place), look, run.id) or {}))


@RESOLVERS.of("Run.events")
async def events(call: Call, parent: RunNode, samples: int | None = None) -> list[str]:
    """How it was over time: rows as texts."""
    run = parent.run
    most = _SAMPLES if samples is None else samples
    found = await system_samples(call.ctx, call.caller, run.entity, run.project, run.id, most)
    call.spend(len(found))
    began = found[0].time if found and run.started is None else run.started or 0.0
    return [
        write_json({**_named(one.data), "_timestamp": one.time, "_runtime": max(0.0, one.time - began)})
        for one in found
    ]


def _named(values: Mapping[str, float]) -> dict[str, float]:
    return {f"system.{key}": value for key, value in values.items()}
