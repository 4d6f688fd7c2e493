"""What runs have logged: rows, whole or thinned, and which keys they have."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import msgspec

from besom.protocol.reading import readable
from besom.server.services.history_rows import RowQuery, Rows, count_keys, rows_of_run, rows_of_runs
from besom.server.services.refusals import Invalid
from besom.server.wandb.call import Call
from besom.server.wandb.history_keys import describe_keys
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_json

RESOLVERS = Resolvers()


@readable
class SampleSpec(msgspec.Struct):
    """Which rows the client asks for."""

    keys: list[str] = []
    samples: int | None = None
    minStep: int | None = None
    maxStep: int | None = None
    """Among them."""


_SAMPLES = 500
"""Where the client does not say how many."""

_MOST_SPECS = 20


@RESOLVERS.of("Run.history")
async def history(
    call: Call,
    parent: RunNode,
    minStep: int | None = None,
    maxStep: int | None = None,
    samples: int | None = None,
) -> list[str]:
    """Rows as texts: all of those from one step up to another, or so many of the whole history."""
    run = parent.run
    if maxStep is None:
        asked = RowQuery(first_step=minStep, most=_SAMPLES if samples is None else samples)
    else:
        asked = RowQuery(first_step=minStep, last_step=maxStep - 1)
    rows = await rows_of_run(call.ctx, call.caller, run.entity, run.project, run.id, asked, call.spend)
    return [write_json(row) for row in rows]


@RESOLVERS.of("Run.sampledHistory")
def sampled_history(call: Call, parent: RunNode, specs: list[Any]) -> list[Rows] | Awaitable[list[Rows]]:
    """For each specification the rows that have all of its keys; at once, and none, where it has no keys."""
    if len(specs) > _MOST_SPECS:
        raise Invalid("too_many_specs", f"At most {_MOST_SPECS} specifications are answered at once.", field="specs")
    queries = [_query(spec) for spec in specs]
    if not any(query.keys for query in queries):
        return [[] for _ in queries]
    return _rows([_ask(call, parent, query) if query.keys else None for query in queries])


@RESOLVERS.of("Run.historyKeys")
async def history_keys(call: Call, parent: RunNode) -> dict[str, Any] | None:
    """Which keys it has logged; asked once for all runs of a page. None where it has logged nothing."""
    run = parent.run
    place = (run.entity, run.project)

    async def look(run_ids: list[str]) -> dict[str, Any]:
        return await count_keys(call.ctx, call.caller, *place, run_ids)

    counts = await call.batches.ask(("historyKeys", *place), look, run.id)
    return None if counts is None else describe_keys(counts, run.summary)


@RESOLVERS.of("Run.parquetHistory")
def parquet_history(_call: Call, _parent: RunNode, **_: object) -> dict[str, list[Any]]:
    """besom makes no Parquet files of histories: the client then reads them by steps."""
    return {"parquetUrls": [], "liveData": []}


async def _rows(waiting: list[Awaitable[Rows | None] | None]) -> list[Rows]:
    return [[] if rows is None else await rows or [] for rows in waiting]


def _ask(call: Call, parent: RunNode, query: RowQuery) -> Awaitable[Rows | None]:
    """The rows of one run; asked once for all runs of a page."""
    place = (parent.run.entity, parent.run.project)

    async def look(run_ids: list[str]) -> dict[str, Rows]:
        return await rows_of_runs(call.ctx, call.caller, *place, run_ids, query, call.spend)

    return call.batches.ask(("sampledHistory", *place, query), look, parent.run.id)


def _query(spec: Any) -> RowQuery:
    try:
        asked = msgspec.convert(spec, SampleSpec)
    except msgspec.ValidationError as error:
        raise Invalid("bad_spec", f"A specification of samples cannot be understood: {error}.", field="specs") from None
    most = _SAMPLES if asked.samples is None else asked.samples
    return RowQuery(tuple(asked.keys), asked.minStep, asked.maxStep, most)
