"""Takes in what a program reports by the numbers of its lines, exactly once although the client sends it again.

besom's own programs count the bytes of their spools (``stream``). Other clients number what they send: a row of the
history, a look at the machine, a printed line each have their place, and what is there already is skipped.

Such a process may be one of several *writers* that log to one run at the same time: each has a name, and counts for
itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from besom.protocol import HistoryRecord, NewRun, Run
from besom.server.services.claims import begin_in
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.ingest import take_report
from besom.server.services.refusals import Conflict
from besom.server.services.report import Report
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import output, samples, segments, spools

Item = TypeVar("Item")

_PACKED_IN_PLACE = 1 << 16
"""Bytes; the rows of a larger report are packed in a thread, so that nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A report, and the places of its first row and its first sample; its printed lines are numbered over all of the
    run's processes."""

    report: Report
    first_row: int = 0
    first_sample: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """The run after it, and why it should end; None to go on."""

    run: Run
    stop: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """The run that a process has begun, and whether it was made by that."""

    run: Run
    is_new: bool


async def begin_run(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    entity: str,
    project: str,
    new: NewRun,
    told: Report,
    *,
    resume: bool,
    writer: str | None = None,
) -> Begun:
    """A process begins a run, or claims the one that its agent was given, and tells of it in one go.

    With ``resume`` it goes on with the run if that was begun already; else it begins the run anew, and what another
    process has logged to it is forgotten. A writer joins the others.
    """
    asked = msgspec.structs.replace(new, spool=writer or uuid4().hex, resume="allow")
    if writer is not None:
        told = replace(told, whole=frozenset())

    def begin(unit: Unit) -> Begun:
        run, spool, names = begin_in(ctx, unit, caller, entity, project, asked, anew=not resume and writer is None)
        is_new = run.part == 1 and run.created == unit.now
        if writer is not None and spool.rows is None:
            spools.count(unit.conn, run.key, spool.part, 0, 0)
            spool = spools.of_part(unit.conn, run.key, spool.part)
        run = take_report(unit, plans, run, spool, told, segments.pack([]))
        return Begun(run_view(ctx, run, *names), is_new)

    return await ctx.write(begin)


async def take_lines(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    entity: str,
    project: str,
    run_id: str,
    lines: Lines,
    writer: str | None = None,
) -> Taken:
    """Stores what is new in the lines of a run's newest process, or of this writer. A report of size 0 is a heartbeat.

    Raises:
        Missing: there is no such run.
        Gone: it was deleted.
        Conflict: no process has begun it.
    """
    rows = lines.report.rows
    if rows and writer is not None:  # most likely nobody else is faster, and these are their steps
        begun = await ctx.read(lambda conn: find_run(conn, caller, entity, project, run_id))
        rows = _with_steps(rows, begun.steps)
    large = lines.report.size > _PACKED_IN_PLACE
    packed = await asyncio.to_thread(segments.pack, rows) if large else segments.pack(rows)

    def take(unit: Unit) -> Taken:
        run = find_run(unit.conn, caller, entity, project, run_id, "work")
        spool = _spool(unit, run, writer)
        report = _new_of(unit, run, spool, lines) if writer is None else _new_of_writer(unit, run, spool, lines)
        new = packed if report.rows == rows else segments.pack(report.rows)
        if report.rows and writer is None and _ended_by_itself(run):
            run = change_run_state(unit, run, "resume", "run", reason="it goes on: an earlier process told of that end")
        run = take_report(unit, plans, run, spool, report, new)
        return Taken(run_view(ctx, run, entity, project), run.stop_reason)

    return await ctx.write(take)


def _ended_by_itself(run: Any) -> bool:
    """Whether a run has ended by the word of its own program. An agent's word is the last one: what was still on its
    way when the agent saw the program end changes nothing about that."""
    return run.agent_id is None and run.state in ("finished", "failed")


def _spool(unit: Unit, run: Any, writer: str | None) -> Any:
    if run.part:
        newest = spools.of_part(unit.conn, run.key, run.part)
        found = newest if writer is None else spools.find(unit.conn, run.key, writer)
        if found is not None:
            return found
    raise Conflict("not_begun", f"No process has begun run {run.id}: there is nothing to go on with.", field="run")


def _new_of_writer(unit: Unit, run: Any, spool: Any, lines: Lines) -> Report:
    """What the server does not have yet of a writer. All of them share the steps of the run: its rows have them in the
    order in which they come."""
    report = lines.report
    rows, _ = _unknown(report.rows, lines.first_row, spool.rows)
    looks, _ = _unknown(report.samples, lines.first_sample, spool.samples)
    if rows or looks:
        seen = lines.first_row + len(report.rows), lines.first_sample + len(report.samples)
        spools.count(unit.conn, run.key, spool.part, max(spool.rows, seen[0]), max(spool.samples, seen[1]))
    return _new(report, replace(report, rows=_with_steps(rows, run.steps), samples=looks, whole=frozenset()))


def _new_of(unit: Unit, run: Any, spool: Any, lines: Lines) -> Report:
    """What the server does not have yet. Printed lines may change: all count as new, by their place in the part.

    A client may pass numbers over, as after the server has lost some rows. They stay passed over, so that what comes
    after them has its place.

    The end that a process tells of comes with its last lines. Where all of these are known, so is the end: the report
    comes a second time, or it is that of a process which another has taken over from, and is not about that one.
    Where there are none, nothing tells whose end it is: it counts as the run's until new rows come, or an agent tells.
    """
    report = lines.report
    rows, rows_missed = _unknown(report.rows, lines.first_row, run.steps + spool.rows_missed)
    known = samples.count(unit.conn, run.key) + spool.samples_missed if report.samples else 0
    looks, samples_missed = _unknown(report.samples, lines.first_sample, known)
    if rows_missed or samples_missed:
        missed = spool.rows_missed + rows_missed, spool.samples_missed + samples_missed
        spools.miss(unit.conn, run.key, run.part, *missed)
    printed = report.output
    if printed and run.part > 1:
        before = output.lines_before(unit.conn, run.key, run.part)
        printed = {number - before: line for number, line in printed.items() if number >= before}
    return _new(report, replace(report, rows=rows, samples=looks, output=printed))


def _new(report: Report, rest: Report) -> Report:
    """``rest``, what is new of the lines of a report, without the end that came with lines of which all are known."""
    is_known = bool(report.rows or report.samples) and not (rest.rows or rest.samples)
    return replace(rest, preempting=False, exit=None) if is_known else rest


def _with_steps(rows: list[HistoryRecord], first: int) -> list[HistoryRecord]:
    return [msgspec.structs.replace(row, step=step) for step, row in enumerate(rows, first)]


def _unknown(items: list[Item], first: int, known: int) -> tuple[list[Item], int]:
    """Of items numbered from ``first`` those from number ``known`` on, and how many numbers are missing before them."""
    return items[max(0, known - first) :], max(0, first - known) if items else 0
