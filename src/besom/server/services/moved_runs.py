"""Runs move to another project with all that they have logged; their old address says where they are."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from besom.server.services.blobs import UNNAMED_SECONDS
from besom.server.services.context import Context, Unit
from besom.server.services.receiving import present
from besom.server.services.refusals import Conflict
from besom.server.services.states import UNFINISHED
from besom.server.store import blobs, events, moved_runs, points, run_files, runs
from besom.server.store.blob_store import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SILENT_DAYS = 7
"""After as many days a program that nobody saw end is not waited for."""


async def share_files(ctx: Context, folder: BlobStore, run_ids: Iterable[str], source: Any, target: Any) -> set[str]:
    """Gives a project the bytes of the files of runs that are about to move there: what takes long, so that
    ``move_run`` does not hold up other writers. Bytes of a run that does not move after all do no harm there.

    Returns the digests.

    Raises:
        StoreError: the disk is full or cannot be used, or some of the bytes are being deleted there.
    """

    def look(conn: Connection) -> set[str]:
        digests: set[str] = set()
        for run_id in run_ids:
            run = runs.get(conn, source.id, run_id)
            files = run_files.arrived(conn, source.id, run.key) if run is not None and run.deleted is None else []
            if files:
                with contextlib.suppress(Conflict):
                    _refuse_needed(conn, run, ctx.clock())
                    digests.update(file.digest for file in files)
        return digests

    digests = await ctx.read(look)
    if digests:
        await ctx.write(lambda unit: present(unit, target.id, digests))  # from now on they are not deleted there
        await asyncio.to_thread(folder.share, digests, source.id, target.id)
    return digests


def move_run(
    unit: Unit, folder: BlobStore, run: Any, source: Any, target: Any, actor: str, *, shared: Collection[str]
) -> None:
    """Moves a run, which keeps its id, from one project to another; both are rows. First comes ``share_files``, which
    returns what is ``shared``.

    Its files and events go with it. Versions of artifacts that it used or logged stay where they are, and go on naming
    it.

    Raises:
        Conflict: a sweep or a living program needs it where it is, its files are still on their way, or its id is taken
            there.
        StoreError: the disk is full or cannot be used.
    """
    _refuse_needed(unit.conn, run, unit.now)
    there = f"{target.entity}/{target.name}"
    former = runs.get(unit.conn, target.id, run.id)
    if former is not None and not moved_runs.take_note(unit.conn, former.key, run.key):  # unless it comes back
        raise Conflict("run_exists", f"{there} has, or had, another run with the id {run.id}.")
    files = run_files.arrived(unit.conn, source.id, run.key)
    arrived = {file.digest for file in files}.difference(shared)  # meanwhile
    if arrived:
        present(unit, target.id, arrived)
        folder.share(arrived, source.id, target.id)
    for file in files:
        blobs.add(unit.conn, target.id, file.digest, file.md5, file.size, unit.now)
    runs.change(unit.conn, run.key, {"project_id": target.id, "version": unit.changed(target.id, "run", run.id)})
    events.move(unit.conn, source.id, run.id, target.id)
    moved_runs.leave_note(unit.conn, run, unit.changed(source.id, "run", run.id), unit.now)
    unit.event(target.id, "run.moved", actor, f"from {source.entity}/{source.name} by {actor}", run_id=run.id)


def _refuse_needed(conn: Connection, run: Any, now: float) -> None:
    if run.sweep_id is not None:
        raise Conflict(
            "run_of_sweep",
            f"It is a run of sweep {run.sweep_id}, which would count and learn without it, and try its point again.",
        )
    if run.state in UNFINISHED | {"preempted"}:
        raise Conflict("run_not_ended", f"It is {run.state}: its program reports to where it is. Wait for its end.")
    silent_since = max(run.heartbeat or 0.0, run.created)
    if run.state == "crashed" and run.exit_code is None and now < silent_since + _SILENT_DAYS * 86400.0:
        raise Conflict(
            "run_not_ended",
            "It crashed only as far as is known: nobody saw its program end, which may be out of reach and report to "
            "where it is once more. What such a program has left is sent by: besom sync. "
            f"After {_SILENT_DAYS} days of silence the run can be moved.",
        )
    lacking = [file for file in run_files.of_run(conn, run.project_id, run.key) if not file.present]
    # Programs send their last records first, then the files that these name.
    if any(now < max(file.created, run.ended or 0.0) + UNNAMED_SECONDS for file in lacking):
        raise Conflict(
            "files_on_their_way",
            f"Its files are still on their way, e.g. {lacking[0].path!r}. Wait for them; what a program could not send "
            "is sent by: besom sync. A day after its end it can be moved without them.",
        )
    learners = points.borrowers(conn, run.key)
    if learners:
        raise Conflict("prior_run", f"It is a prior run of sweep {', '.join(learners)}.")
