"""Takes in a run's spools, exactly once: what lines say and how far the spool is stored are one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from besom.protocol import InitRecord, NewRun, StreamAck
from besom.server.services.artifact_checks import Checked
from besom.server.services.artifacts import spared
from besom.server.services.claims import begin_in
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.ingest import take_report
from besom.server.services.portions import LARGEST_PORTION, cut, fits
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.report import Report, read_report
from besom.server.services.runs import find_run
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import segments, spools
from besom.server.store.segments import Segment

Result = TypeVar("Result")

_DECODED_IN_PLACE = 1 << 16
"""Bytes; a larger piece is decoded in a thread, so that nobody waits for it."""


@dataclass(frozen=True, slots=True)
class _Portion:
    """What one transaction takes of a piece."""

    lines: bytes
    read: tuple[Report, Segment] | Invalid


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

    What is much work is taken in several transactions. Each stores how far the spool is stored by then, so where one
    fails, or the server ends after it, the next request goes on there.

    With ``begin`` the piece holds the spool's first line, and the run is begun with it as by ``begin_run``: one request
    for all of a short run, when nobody waits for the answer to the first line.

    Raises:
        Conflict: the piece begins after what the server has (``offset_gap``; carries the offset to begin at).
        Missing: no process has begun the run with that spool.
        Gone: the run was deleted.
        Invalid: a line is an object and no record.
    """

    def take(first: _Portion | None, offset: int, portion: _Portion, unit: Unit) -> StreamAck:
        names = (entity, project)
        if first is not None:
            run, spool, names = begin_in(ctx, unit, caller, entity, project, _first_line(first.read, run_id, spool_id))
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
        rest = _read(portion.lines[known:]) if known else portion.read
        if isinstance(rest, Invalid):
            raise rest
        report, packed = rest
        if caller.bounds is not None and report.artifacts:
            report = replace(report, artifacts=[_spared(unit, caller, run, version) for version in report.artifacts])
        run = take_report(unit, plans, run, spool, report, packed)
        return StreamAck(
            offset=spool.offset + report.size,
            stop=run.stop_reason if run.state in UNFINISHED else None,
            run=run_view(ctx, run, *names) if begin else None,
        )

    first: _Portion | None = None
    async for portion in _portions(piece):
        first = first or (portion if begin else None)
        ack = await ctx.write(partial(take, first, offset, portion))
        offset += len(portion.lines)
    return ack


async def _portions(piece: bytes) -> AsyncIterator[_Portion]:
    """A piece as transactions take it. There is one portion at least."""
    if len(piece) <= LARGEST_PORTION:
        read = await _aside(_read, piece)
        if not isinstance(read, Invalid) and fits(read[0].records):
            yield _Portion(piece, read)
            return
    before = 0
    for lines in await _aside(cut, piece):
        yield _Portion(lines, await _aside(_read, lines, before))
        before += lines.count(b"\n")


async def _aside(work: Callable[..., Result], piece: bytes, *more: Any) -> Result:
    """Does something with a piece, where that takes long in a thread, so that nobody waits for it."""
    return await asyncio.to_thread(work, piece, *more) if len(piece) > _DECODED_IN_PLACE else work(piece, *more)


def _spared(unit: Unit, caller: Caller, run: Any, version: Checked | Invalid) -> Checked | Invalid:
    """The version without aliases that the caller may not take from others."""
    return version if isinstance(version, Invalid) else spared(unit, caller, run.project_id, version)


def _first_line(read: tuple[Report, Segment] | Invalid, run_id: str, spool_id: str) -> NewRun:
    """What the program says of the run, from the first line of its spool.

    Raises:
        Invalid: the piece does not begin with that line, or it is of another run.
    """
    if isinstance(read, Invalid):
        raise read
    first = read[0].records[0] if read[0].records else None
    if not isinstance(first, InitRecord) or (first.run.id, first.run.spool) != (run_id, spool_id):
        raise Invalid(
            "bad_first_line",
            f"The piece does not begin with the first line of the spool {spool_id!r} of run {run_id}.",
            "With begin=true send the spool from its byte 0 on, to the run that it names. If that line is damaged, "
            "begin the run first (POST to its project's runs), and send without begin.",
            field="begin",
        )
    return first.run


def _read(lines: bytes, before: int = 0) -> tuple[Report, Segment] | Invalid:
    """What the lines say, or what is wrong with one of them, which stands only if the server does not have that line
    already."""
    try:
        report = read_report(lines, before)
    except Invalid as refusal:
        return refusal
    return report, segments.pack(report.rows)
