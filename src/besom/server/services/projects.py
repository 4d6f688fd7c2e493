"""Projects: found, made when first used, and seen only by those who may."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection, and_

from besom.protocol import Project, ProjectPage
from besom.server.services.context import Context, Unit
from besom.server.services.naming import check_name
from besom.server.services.refusals import Conflict, Forbidden, Missing
from besom.server.services.users import Caller
from besom.server.services.views import project_view
from besom.server.store import projects
from besom.server.store.blob_folder import BlobFolder


async def list_projects(ctx: Context, caller: Caller, entity: str | None = None) -> ProjectPage:
    """All that the caller may see, of one entity if given, the most recently active first."""
    visible = projects.visible_to(caller.id, caller.role)
    condition = visible if entity is None else and_(visible, projects.of_entity(entity))
    rows = await ctx.read(lambda conn: projects.listing(conn, condition))
    return ProjectPage(projects=[project_view(row) for row in rows])


async def stored_bytes(ctx: Context, caller: Caller, entity: str) -> int:
    """Size of all files of an entity's projects that the caller may see."""
    condition = and_(projects.visible_to(caller.id, caller.role), projects.of_entity(entity))
    return await ctx.read(lambda conn: projects.stored_bytes(conn, condition))


async def get_project(ctx: Context, caller: Caller, entity: str, name: str) -> Project:
    """One project with its counts."""

    def look(conn: Connection) -> Any:
        found = find_project(conn, caller, entity, name)
        return projects.listing(conn, projects.visible_to(caller.id, caller.role), found.id)[0]

    return project_view(await ctx.read(look))


async def created_at(ctx: Context, caller: Caller, entity: str, name: str) -> float:
    """When a project was made: sooner known than all that ``get_project`` counts.

    Raises:
        Missing: there is none that the caller may see.
    """
    return float((await ctx.read(lambda conn: find_project(conn, caller, entity, name))).created)


async def create_project(ctx: Context, caller: Caller, entity: str, name: str) -> Project:
    """The project, made when there is none.

    Raises:
        Invalid: a name breaks a rule.
        Forbidden: the entity is another user's own.
    """
    await ctx.write(lambda unit: open_project(unit, caller, entity, name).id)
    return await get_project(ctx, caller, entity, name)


async def delete_project(ctx: Context, blobs: BlobFolder, caller: Caller, entity: str, name: str) -> None:
    """Deletes a project with its sweeps, runs and files.

    Raises:
        Conflict: somebody is at work in it; deleting it would not stop them.
    """

    def delete(unit: Unit) -> int:
        caller.must_write()
        home = find_project(unit.conn, caller, entity, name)
        _must_own(unit.conn, caller, entity)
        agents, runs = projects.at_work(unit.conn, home.id)
        if agents or runs:
            raise Conflict(
                "project_in_use",
                f"Project {entity}/{name} has {agents} agents and {runs} runs at work.",
                "Stop its sweeps and agents first, and wait for the runs to end.",
                field="project",
            )
        unit.changed(home.id, "project", name)
        projects.remove(unit.conn, home.id)
        return int(home.id)

    await asyncio.to_thread(blobs.remove_project, await ctx.write(delete))


def find_project(conn: Connection, caller: Caller, entity: str, name: str, *, in_part: bool = False) -> Any:
    """The project's row.

    Args:
        conn: A connection.
        caller: Who asks.
        entity: Its entity.
        name: Its name.
        in_part: Whether what is then read of it is narrowed to what a reader's link shows, see ``Caller.sees_sweep``.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: a reader asks for it as a whole.
    """
    if not in_part:
        caller.must_see(None)
    row = projects.find(conn, entity, name)
    visible = projects.visible_to(caller.id, caller.role)
    hidden = caller.link is not None and row is not None and caller.link.project_id != row.id
    if row is None or hidden or not projects.is_visible(conn, row.id, visible):
        raise Missing(
            "project_not_found",
            f"There is no project {entity}/{name}.",
            "Check the spelling of both names.",
            field="project",
        )
    return row


def open_project(unit: Unit, caller: Caller, entity: str, name: str) -> Any:
    """The project's row, made when there is none yet.

    Raises:
        Invalid: a name breaks a rule.
        Forbidden: the entity is another user's own.
    """
    caller.must_write()
    row = projects.find(unit.conn, entity, name)
    if row is None:
        check_name("entity", entity)
        check_name("project", name)
        _must_own(unit.conn, caller, entity)
        row = projects.create(unit.conn, entity, name, unit.now)
        unit.changed(row.id, "project", name)
    elif not projects.is_visible(unit.conn, row.id, projects.visible_to(caller.id, caller.role)):
        _must_own(unit.conn, caller, entity)
    return row


def _must_own(conn: Connection, caller: Caller, entity: str) -> None:
    owner = projects.entity_owner(conn, entity)
    if owner is not None and owner.id != caller.id and caller.role != "admin":
        raise Forbidden(
            "not_your_entity",
            f"{entity} is the entity of another user; {caller.name} may not write there.",
            f"Use your own entity, {caller.name}, or a shared one.",
            field="entity",
        )
