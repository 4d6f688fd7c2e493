"""Queries about runs that were moved to another project. Where one was, a note takes its id: a row without data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from besom.server.store.projects import NOBODY
from besom.server.store.tables import moved_runs, projects, runs


def leave_note(conn: Connection, run: Row[Any], version: int, now: float) -> None:
    """Adds the note to where a run was; ``run`` is how it was there. To lists it is a run that was deleted just now."""
    same = {name: getattr(run, name) for name in ("project_id", "id", "name", "state", "created")}
    empty: dict[str, Any] = {"config": {}, "summary": {}, "tags": [], "deleted": now, "forgotten": True}
    note = conn.execute(insert(runs).values(**same, **empty, version=version).returning(runs.c.key)).scalar_one()
    conn.execute(insert(moved_runs).values(note_key=note, run_key=run.key))


def take_note(conn: Connection, note_key: int, run_key: int) -> bool:
    """Removes a row, if it is the note of that run; whether it was."""
    noted = conn.scalar(select(moved_runs.c.run_key).where(moved_runs.c.note_key == note_key))
    if noted != run_key:
        return False
    conn.execute(delete(runs).where(runs.c.key == note_key))
    return True


def place_of(conn: Connection, note_key: int) -> Row[str, str] | None:
    """``entity`` and ``name`` of the project where the run of a note is; None for a row that is no note."""
    query = (
        select(projects.c.entity, projects.c.name)
        .join(runs, runs.c.project_id == projects.c.id)
        .join(moved_runs, moved_runs.c.run_key == runs.c.key)
    )
    return conn.execute(query.where(moved_runs.c.note_key == note_key, projects.c.entity != NOBODY)).first()
