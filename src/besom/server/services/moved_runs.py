"""Runs move to another project with all that they have logged; their old address says where they are."""

from __future__ import annotations

from typing import Any

from besom.server.services.context import Unit
from besom.server.services.refusals import Conflict
from besom.server.services.states import UNFINISHED
from besom.server.store import blobs, events, moved_runs, points, run_files, runs
from besom.server.store.blob_folder import BlobFolder


def move_run(unit: Unit, folder: BlobFolder, run: Any, source: Any, target: Any, actor: str) -> None:
    """Moves a run, which keeps its id, from one project to another; both are rows.

    Its files and events go with it. Versions of artifacts that it used or logged stay where they are, and go on naming
    it.

    Raises:
        Conflict: a sweep or a living program needs it where it is, or its id is taken there.
        StoreError: the disk is full or cannot be used.
    """
    _refuse_needed(unit, run)
    there = f"{target.entity}/{target.name}"
    former = runs.get(unit.conn, target.id, run.id)
    if former is not None and not moved_runs.take_note(unit.conn, former.key, run.key):  # unless it comes back
        raise Conflict("run_exists", f"{there} has, or had, another run with the id {run.id}.")
    for file in run_files.arrived(unit.conn, source.id, run.key):
        folder.share(file.digest, source.id, target.id)
        blobs.add(unit.conn, target.id, file.digest, file.md5, file.size, unit.now)
    runs.change(unit.conn, run.key, {"project_id": target.id, "version": unit.changed(target.id, "run", run.id)})
    events.move(unit.conn, source.id, run.id, target.id)
    moved_runs.leave_note(unit.conn, run, unit.changed(source.id, "run", run.id), unit.now)
    unit.event(target.id, "run.moved", actor, f"from {source.entity}/{source.name} by {actor}", run_id=run.id)


def _refuse_needed(unit: Unit, run: Any) -> None:
    if run.sweep_id is not None:
        raise Conflict(
            "run_of_sweep",
            f"It is a run of sweep {run.sweep_id}, which would count and learn without it, and try its point again.",
        )
    if run.state in UNFINISHED | {"preempted"}:
        raise Conflict("run_not_ended", f"It is {run.state}: its program reports to where it is. Wait for its end.")
    learners = points.borrowers(unit.conn, run.key)
    if learners:
        raise Conflict("prior_run", f"It is a prior run of sweep {', '.join(learners)}.")
