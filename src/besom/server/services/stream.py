"""Takes in a run's spools, exactly once: what a piece says and how far the spool is stored are one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import msgspec

from besom.protocol import InitRecord, NewArtifact, NewRun, StreamAck
from besom.server.services.artifacts import free_aliases
from besom.server.services.claims import begin_in
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.ingest import take_report
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.report import Report, read_report
from besom.server.services.runs import find_run
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import segments, spools
from besom.server.store.segments import Segment

_DECODED_IN_PLACE = 1 << 16
"""Bytes; a larger piece is decoded in a thread, so that nobody waits for it."""


async def take_spool(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    entity: str,
    project: str,
    run_id: str,
    spool_id: str,
    offset: int,
    piece: bytes,
    *,
    begin: bool = False,
) -> StreamAck:
    """Stores what is new in a piece of a spool that begins at byte ``offset``. An empty piece is a heartbeat.

    With ``begin`` the piece holds the spool's first line, and the run is begun with it as by ``begin_run``: one request
    for all of a short run, when nobody waits for the answer to the first line.

    Raises:
        Conflict: the piece begins after what the server has (``offset_gap``; carries the offset to begin at).
        Missing: no process has begun the run with that spool.
        Gone: the run was deleted.
        Invalid: a line is an object and no record.
    """
    whole: tuple[Report, Segment] | Invalid
    try:
        whole = await asyncio.to_thread(_read, piece) if len(piece) > _DECODED_IN_PLACE else _read(piece)
    except Invalid as refusal:
        whole = refusal  # it stands only if the server does not have that line already

    def take(unit: Unit) -> StreamAck:
        names = (entity, project)
        if begin:
            new = _first_line(whole, run_id, spool_id)
            run, spool, names = begin_in(ctx, unit, caller, entity, project, new)
        else:
            run = find_run(unit.conn, caller, entity, project, run_id, "work")
            spool = spools.find(unit.conn, run.key, spool_id)
        if spool is None:
            raise Missing(
                "spool_not_found",
                f"No process has begun run {run_id} with the spool {spool_id!r}.",
                "Begin the run first (POST to its project's runs), with the same spool.",
                field="spool",
            )
        if offset > spool.offset:
            raise Conflict(
                "offset_gap",
                f"The piece begins at byte {offset}, and the server has {spool.offset} bytes of the spool of {run_id}.",
                f"Send again from byte {spool.offset}.",
                offset=spool.offset,
            )
        known = spool.offset - offset
        rest = _read(piece[known:]) if known else whole
        if isinstance(rest, Invalid):
            raise rest
        report, packed = rest
        if caller.bounds is not None and report.artifacts:
            report = replace(report, artifacts=[_spared(unit, caller, run, artifact) for artifact in report.artifacts])
        run = take_report(unit, plans, run, spool, report, packed)
        return StreamAck(
            offset=spool.offset + report.size,
            stop=run.stop_reason if run.state in UNFINISHED else None,
            run=run_view(ctx, run, *names) if begin else None,
        )

    return await ctx.write(take)


def _spared(unit: Unit, caller: Caller, run: Any, new: NewArtifact) -> NewArtifact:
    """The version without aliases that the caller may not take from others."""
    aliases = free_aliases(unit, caller, run.project_id, new.name, new.aliases)
    return msgspec.structs.replace(new, aliases=aliases)


def _first_line(whole: tuple[Report, Segment] | Invalid, run_id: str, spool_id: str) -> NewRun:
    """What the program says of the run, from the first line of its spool.

    Raises:
        Invalid: the piece does not begin with that line, or it is of another run.
    """
    if isinstance(whole, Invalid):
        raise whole
    first = whole[0].records[0] if whole[0].records else None
    if not isinstance(first, InitRecord) or (first.run.id, first.run.spool) != (run_id, spool_id):
        raise Invalid(
            "bad_first_line",
            f"The piece does not begin with the first line of the spool {spool_id!r} of run {run_id}.",
            "With begin=true send the spool from its byte 0 on, to the run that it names. If that line is damaged, "
            "begin the run first (POST to its project's runs), and send without begin.",
            field="begin",
        )
    return first.run


def _read(spool: bytes) -> tuple[Report, Segment]:
    report = read_report(spool)
    return report, segments.pack(report.rows)
