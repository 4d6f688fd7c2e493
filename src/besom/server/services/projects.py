"""Projects: found, made when first used, and seen only by those who may."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_

from besom.protocol import Project, ProjectPage
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.deletion import clear, finish
from besom.server.services.naming import check_name
from besom.server.services.refusals import Conflict, Forbidden, Missing
from besom.server.services.rights import Right, demand, expect, role_in, visible_to
from besom.server.services.teams import add_team, has_owner
from besom.server.services.users import Caller
from besom.server.services.views import project_view
from besom.server.store import deletion, projects, secrets
from besom.server.store.blob_store import BlobStore


async def list_projects(ctx: Context, caller: Caller, entity: str | None = None) -> ProjectPage:
    """All that the caller may see, of one entity if given, the most recently active first."""
    caller.must_be_user()
    visible = visible_to(caller)
    condition = visible if entity is None else and_(visible, projects.of_entity(entity))

    def look(conn: Connection) -> list[Project]:
        rows = projects.listing(conn, condition)
        roles = {entity: role_in(conn, caller, entity) or "viewer" for entity in {row.entity for row in rows}}
        return [project_view(row, roles[row.entity]) for row in rows]

    return ProjectPage(projects=await ctx.read(look))


async def stored_bytes(ctx: Context, caller: Caller, entity: str) -> int:
    """Size of all files of an entity's projects that the caller may see."""
    condition = and_(visible_to(caller), projects.of_entity(entity))
    return await ctx.read(lambda conn: projects.stored_bytes(conn, condition))


async def get_project(ctx: Context, caller: Caller, entity: str, name: str) -> Project:
    """One project with its counts."""

    def look(conn: Connection) -> Project:
        found = find_project(conn, caller, entity, name)
        row = projects.listing(conn, projects.only(found.id))[0]
        return project_view(row, role_in(conn, caller, entity) or "viewer")

    return await ctx.read(look)


async def created_at(ctx: Context, caller: Caller, entity: str, name: str) -> float:
    """When a project was made: sooner known than all that ``get_project`` counts.

    Raises:
        Missing: there is none that the caller may see.
    """
    return float((await ctx.read(lambda conn: find_project(conn, caller, entity, name, in_part=True))).created)


async def create_project(ctx: Context, caller: Caller, entity: str, name: str) -> Project:
    """The project, made when there is none.

    Raises:
        Invalid: a name breaks a rule.
        Forbidden: the entity is another user's own.
    """
    await ctx.write(lambda unit: open_project(unit, caller, entity, name).id)
    return await get_project(ctx, caller, entity, name)


async def delete_project(ctx: Context, blobs: BlobStore, caller: Caller, entity: str, name: str) -> None:
    """Deletes a project with its sweeps, runs and files: at once for whoever looks, though what a large one holds goes
    little by little.

    Raises:
        Conflict: somebody is at work in it; deleting it would not stop them.
    """

    def delete(unit: Unit) -> int:
        home = find_project(unit.conn, caller, entity, name, "manage")
        agents, runs = projects.at_work(unit.conn, home.id)
        if agents or runs:
            raise Conflict(
                "project_in_use",
                f"Project {entity}/{name} has {agents} agents and {runs} runs at work.",
                "Stop its sweeps and agents first, and wait for the runs to end.",
                field="project",
            )
        unit.changed(home.id, "project", name)
        secrets.drop_of_project(unit.conn, home.id)
        deletion.give_up_project(unit.conn, home.id)
        note(unit, caller, "project.deleted", name, entity=entity, project=name)
        return int(home.id)

    project_id = await ctx.write(delete)
    if await ctx.write(lambda unit: clear(unit, project_id)):
        await finish(ctx, blobs, project_id)


def find_project(
    conn: Connection, caller: Caller, entity: str, name: str, right: Right = "read", *, in_part: bool = False
) -> Any:
    """The project's row.

    Args:
        conn: A connection.
        caller: Who asks.
        entity: Its entity.
        name: Its name.
        right: What is going to be done there.
        in_part: Whether that is narrowed to what lies within the caller's bounds, see ``Caller.sees_sweep``.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that there; or has bounds, and it is about the project as a whole.
    """
    if not in_part:
        caller.must_be_user()
    expect(caller, right)
    row = projects.find(conn, entity, name)
    demand_project(conn, caller, None if row is None else row.id, entity, name, right)
    return row


def demand_project(
    conn: Connection, caller: Caller, project_id: int | None, entity: str, name: str, right: Right
) -> None:
    """Raises Missing where that project is not there for the caller (None: for nobody), and Forbidden where the caller
    has not that right in it."""
    hidden = project_id is None or (caller.bounds is not None and caller.bounds.project_id != project_id)
    role = None if hidden else role_in(conn, caller, entity)
    if role is None:
        raise Missing(
            "project_not_found",
            f"There is no project {entity}/{name}.",
            "Check the spelling of both names.",
            field="project",
        )
    demand(caller, role, right, entity)


def open_project(unit: Unit, caller: Caller, entity: str, name: str, *, in_part: bool = False) -> Any:
    """The project's row, made when there is none yet; and with it a team, where nobody has a place of that name.

    ``in_part`` is as for ``find_project``; who has bounds makes nothing.

    Raises:
        Invalid: a name breaks a rule.
        Forbidden: the entity is another user's own, or of a team in which the caller is no member.
    """
    if caller.bounds is not None:
        return find_project(unit.conn, caller, entity, name, "work", in_part=in_part)
    expect(caller, "write")
    row = projects.find(unit.conn, entity, name)
    if row is None:
        check_name("entity", entity)
        check_name("project", name)
        if not has_owner(unit.conn, entity):
            add_team(unit, caller, entity)
    role = role_in(unit.conn, caller, entity)
    if role is None:
        raise Forbidden(
            "not_your_entity",
            f"{entity} is the entity of another user, or of a team in which {caller.name} is no member.",
            f"Use your own entity, {caller.name}, or ask for an invitation to the team.",
            field="entity",
        )
    demand(caller, role, "write", entity)
    if row is None:
        row = projects.create(unit.conn, entity, name, unit.now)
        unit.changed(row.id, "project", name)
    return row
