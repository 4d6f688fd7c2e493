"""Quick search: queries for projects, sweeps and runs by a part of their name or id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, or_, select

from besom.server.store.case_insensitive import contains, starts_with
from besom.server.store.fields_of_sweeps import NAME as SWEEP_NAME
from besom.server.store.tables import projects, runs, sweeps


def projects_like(conn: Connection, text: str, visible: ColumnElement[bool], limit: int) -> list[Row[Any]]:
    """(entity, project) of up to ``limit`` projects."""
    name = projects.c.name
    query = select(projects.c.entity, name.label("project")).where(visible, _contains(text, name))
    return list(conn.execute(query.order_by(_rank(text, name), projects.c.last_activity.desc()).limit(limit)))


def sweeps_like(conn: Connection, text: str, visible: ColumnElement[bool], limit: int) -> list[Row[Any]]:
    """(entity, project, id, name, state) of up to ``limit`` sweeps."""
    places = (projects.c.entity, projects.c.name.label("project"))
    query = (
        select(*places, sweeps.c.id, SWEEP_NAME.label("name"), sweeps.c.state)
        .join(projects, projects.c.id == sweeps.c.project_id)
        .where(visible, _contains(text, SWEEP_NAME, sweeps.c.id))
        .order_by(_rank(text, SWEEP_NAME, sweeps.c.id), sweeps.c.created.desc())
    )
    return list(conn.execute(query.limit(limit)))


def runs_like(conn: Connection, text: str, visible: ColumnElement[bool], limit: int) -> list[Row[Any]]:
    """(entity, project, id, name, state) of up to ``limit`` runs that are not deleted."""
    places = (projects.c.entity, projects.c.name.label("project"))
    query = (
        select(*places, runs.c.id, runs.c.name, runs.c.state)
        .join(projects, projects.c.id == runs.c.project_id)
        .where(visible, runs.c.deleted.is_(None), _contains(text, runs.c.name, runs.c.id))
        .order_by(_rank(text, runs.c.name, runs.c.id), runs.c.key.desc())
    )
    return list(conn.execute(query.limit(limit)))


def _contains(text: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(contains(column, text) for column in columns))


def _rank(text: str, *columns: ColumnElement[Any]) -> ColumnElement[Any]:
    """0 where one of them begins with the text, else 1."""
    return case((or_(*(starts_with(column, text) for column in columns)), 0), else_=1)
