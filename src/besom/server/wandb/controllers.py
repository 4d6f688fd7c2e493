"""The mailbox between a sweep and the process of the client's that chooses its runs (``wandb controller``).

It writes which run it wants next and which runs should end; it reads which of its wishes became runs. Nothing of that
is kept: a wish becomes a queued run whose id is the wish's, so a wish that comes twice is one run, and what the client
reads is told from the sweep's runs.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from besom.protocol import NewPoint, Run, RunStop, Sweep
from besom.protocol.reading import readable
from besom.server.services.enqueue import end_search, enqueue
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.run_lists import RunQuery, list_runs
from besom.server.services.runs import stop_run
from besom.server.services.states import UNFINISHED, is_open
from besom.server.services.sweeps import get_sweep
from besom.server.wandb.call import Call
from besom.server.wandb.envelopes import unwrapped, wrapped
from besom.server.wandb.nodes import SweepNode
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import shaped, write_json

RESOLVERS = Resolvers()

_KIND = "controller"
_ALL = 1_000_000


@readable
class Choice(msgspec.Struct):
    """What a wish's run is to do; nothing at all ends the search."""

    args: dict[str, Any] | None


@readable
class Wish(msgspec.Struct):
    """A run that the controller wants."""

    id: str
    data: Choice


@readable
class Mail(msgspec.Struct):
    """What the controller writes."""

    schedule: list[Wish] | None = None
    earlystop: list[str] | None = None


async def take_mail(call: Call, sweep: Sweep, written: Any) -> tuple[Sweep, list[str]]:
    """Does what the controller asks for: runs end first, as nothing may hold that up. To a sweep that has ended it
    comes late.

    Returns:
        The sweep as it is then, and why wishes were passed over: the controller would send a refused letter again, with
        what it wants next behind it.
    """
    if not is_open(sweep.state):
        return sweep, []
    mail = shaped(written, Mail, "controller")
    for run_id in mail.earlystop or ():
        with contextlib.suppress(Conflict, Missing):  # it has ended meanwhile
            asked = RunStop(reason="stopped early by its local controller")
            await stop_run(call.ctx, call.caller, sweep.entity, sweep.project, run_id, asked)
    passed_over = []
    for wish in mail.schedule or ():
        try:
            await _grant(call, sweep, wish)
        except (Conflict, Invalid) as refusal:
            passed_over.append(f"The run {wish.id} that the controller wants cannot be: {refusal.message}")
    return await get_sweep(call.ctx, call.caller, sweep.id), passed_over


async def _grant(call: Call, sweep: Sweep, wish: Wish) -> None:
    if wish.data.args is None:
        await end_search(call.ctx, call.caller, sweep.id)
        return
    why = {"kind": _KIND, "reason": "chosen by a local controller"}
    point = NewPoint(params=unwrapped(wish.data.args), why=why, id=wish.id)
    await enqueue(call.ctx, call.services.plans, call.caller, sweep.id, point)


@RESOLVERS.of("Sweep.controller")
async def wishes(call: Call, node: SweepNode) -> str | None:
    """What the controller asked for and what has not happened yet."""
    if not _is_local(node.sweep):
        return None
    runs = await _runs(call, node.sweep)
    waiting = [run for run in runs if run.state == "pending" and _is_wish(run)]
    return write_json(
        {
            "schedule": [{"id": run.id, "data": {"args": wrapped(run.params or {})}} for run in waiting],
            "earlystop": [run.id for run in runs if run.state in UNFINISHED and run.reason],
        }
    )


@RESOLVERS.of("Sweep.scheduler")
async def granted(call: Call, node: SweepNode) -> str | None:
    """Which runs the controller's wishes became."""
    if not _is_local(node.sweep):
        return None
    runs = [run for run in await _runs(call, node.sweep) if _is_wish(run)]
    return write_json({"scheduled": [{"id": run.id, "runid": run.id} for run in runs]})


def _is_local(sweep: Sweep) -> bool:
    return (sweep.config.get("controller") or {}).get("type") == "local"


async def _runs(call: Call, sweep: Sweep) -> list[Run]:
    asked = RunQuery(sweep=sweep.id, limit=_ALL, fields="params,why", decode=True)
    return (await list_runs(call.ctx, call.caller, sweep.entity, sweep.project, asked)).runs


def _is_wish(run: Run) -> bool:
    return (run.why or {}).get("kind") == _KIND
