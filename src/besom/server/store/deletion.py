"""Deleted projects and sweeps. In one transaction all that hangs on them would hold up every writer for minutes.

So a deleted project only becomes nobody's: rights hang on the entity, so nobody sees it or what is in it any more, and
its name is free. Then its rows go some at a time, and its own comes last, after its bytes. A deleted sweep becomes one
of such a project, because its runs stay where they are and have to be let go first.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, delete, select, tuple_, update

from besom.server.store.projects import NOBODY, create
from besom.server.store.tables import blobs, metadata, projects, removed_blobs, runs, sweeps

_OWNERS_AT_ONCE = 50
"""Rows that others hang on, with which these are named in a statement."""


def _hanging_on(table: Table) -> list[tuple[Table, Column[Any]]]:
    """The tables whose rows go with those of this one, and the columns that name them. None of them comes before one
    that refers to it: the database would have to clear that in all of its rows."""
    return [
        (other, key.parent)
        for other in reversed(metadata.sorted_tables)
        for key in other.foreign_keys
        if key.column.table is table and key.ondelete == "CASCADE"
    ]


_HANGING = {table.name: _hanging_on(table) for table in metadata.sorted_tables}
_BYTES = (blobs, removed_blobs)
_OF_PROJECT = [(table, column) for table, column in _HANGING["projects"] if table not in (sweeps, *_BYTES)]


def give_up_project(conn: Connection, project_id: int) -> None:
    """Lets a project be nobody's."""
    here = update(projects).where(projects.c.id == project_id)
    conn.execute(here.values(entity=NOBODY, name=f"project {project_id}"))
    _close(conn, sweeps.c.project_id == project_id)


def give_up_sweep(conn: Connection, sweep_id: str, now: float) -> int:
    """Lets a sweep be one of nobody's; returns the new project that has it."""
    project_id = int(create(conn, NOBODY, f"sweep {sweep_id}", now).id)
    conn.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(project_id=project_id))
    _close(conn, sweeps.c.id == sweep_id)
    return project_id


def given_up(conn: Connection) -> list[int]:
    """The projects that are nobody's."""
    return list(conn.scalars(select(projects.c.id).where(projects.c.entity == NOBODY).order_by(projects.c.id)))


def is_empty(conn: Connection, project_id: int) -> bool:
    """Whether nothing is left in a project but what says which bytes it has."""
    owned = ((table, column) for table, column in _HANGING["projects"] if table not in _BYTES)
    return not any(conn.scalar(select(1).where(column == project_id).limit(1)) for _, column in owned)


def clear(conn: Connection, project_id: int, room: int) -> int:
    """Deletes about ``room`` rows of what is in a project, besides its sweeps and bytes; returns how many it were."""
    return _clear_all(conn, _OF_PROJECT, project_id, room)


def clear_sweeps(conn: Connection, project_id: int, room: int) -> int:
    """The same of its sweeps. ``kept_runs`` come first."""
    return _clear_all(conn, [(sweeps, sweeps.c.project_id)], project_id, room)


def clear_bytes(conn: Connection, project_id: int, room: int) -> int:
    """The same of what says which bytes it had."""
    return _clear_all(conn, [(blobs, blobs.c.project_id)], project_id, room)


def kept_runs(conn: Connection, project_id: int, room: int) -> list[Row[int, str, int]]:
    """(key, id, project_id) of runs of a project's sweeps that stay, since they are another project's."""
    query = select(runs.c.key, runs.c.id, runs.c.project_id).join(sweeps, sweeps.c.id == runs.c.sweep_id)
    those = (sweeps.c.project_id == project_id, runs.c.project_id != project_id)
    return list(conn.execute(query.where(*those).limit(room)))


def bytes_of(conn: Connection, project_id: int, now: float) -> tuple[bool, bool]:
    """(whether a project has bytes, whether some may still come that a client puts past the server)."""
    has = select(1).where(blobs.c.project_id == project_id).limit(1)
    expects = select(1).where(removed_blobs.c.project_id == project_id, removed_blobs.c.since > now).limit(1)
    return conn.scalar(has) is not None, conn.scalar(expects) is not None


def drop(conn: Connection, project_id: int) -> None:
    """Deletes a project in which nothing is left."""
    conn.execute(delete(projects).where(projects.c.id == project_id))


def _close(conn: Connection, those: ColumnElement[bool]) -> None:
    """Such sweeps end: nothing is looked after in them."""
    conn.execute(update(sweeps).where(those).values(state="CANCELED", active_since=None))


def _clear_all(conn: Connection, tables: list[tuple[Table, Column[Any]]], project_id: int, room: int) -> int:
    gone = 0
    for table, column in tables:
        if gone < room:
            gone += _clear(conn, table, column == project_id, room - gone)
    return gone


def _clear(conn: Connection, table: Table, those: ColumnElement[bool], room: int) -> int:
    """Deletes rows, and before them what hangs on them. One that others may hang on counts for one of each kind, since
    the database looks for them all."""
    key, hanging = tuple(table.primary_key), _HANGING[table.name]
    if not hanging:
        some = select(*key).where(those).limit(room)
        return int(conn.execute(delete(table).where(tuple_(*key).in_(some))).rowcount)
    gone = 0
    while gone < room:
        owners = list(conn.scalars(select(*key).where(those).limit(_OWNERS_AT_ONCE)))
        if not owners:
            break
        for other, column in hanging:
            if gone < room:
                gone += _clear(conn, other, column.in_(owners), room - gone)
        if gone < room:
            owners = owners[: 1 + (room - gone) // len(hanging)]
            conn.execute(delete(table).where(key[0].in_(owners)))
            gone += len(owners) * len(hanging)
    return gone
