"""Takes in a run's spools, exactly once: what a piece says and how far the spool is stored are one transaction."""

from __future__ import annotations

import asyncio

from besom.protocol import StreamAck
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.ingest import take_report
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.report import Report, read_report
from besom.server.services.runs import find_run
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
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
) -> StreamAck:
    """Stores what is new in a piece of a spool that begins at byte ``offset``. An empty piece is a heartbeat.

    Raises:
        Conflict: the piece begins after what the server has (``offset_gap``; carries the offset to begin at).
        Missing: no process has begun the run with that spool.
        Gone: the run was deleted.
        Invalid: a line is no record.
    """
    whole: tuple[Report, Segment] | Invalid
    try:
        whole = await asyncio.to_thread(_read, piece) if len(piece) > _DECODED_IN_PLACE else _read(piece)
    except Invalid as refusal:
        whole = refusal  # it stands only if the server does not have that line already

    def take(unit: Unit) -> StreamAck:
        caller.must_write()
        run = find_run(unit.conn, caller, entity, project, run_id)
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
        new = _read(piece[known:]) if known else whole
        if isinstance(new, Invalid):
            raise new
        report, packed = new
        run = take_report(unit, plans, run, spool, report, packed)
        return StreamAck(offset=spool.offset + report.size, stop=run.stop_reason if run.state in UNFINISHED else None)

    return await ctx.write(take)


def _read(spool: bytes) -> tuple[Report, Segment]:
    report = read_report(spool)
    return report, segments.pack(report.rows)
