"""Names of artifacts: each is a collection of versions, of which something may be said as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besom.server.services.artifact_checks import check_name_and_type
from besom.server.services.artifact_views import LATEST
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.filters import condition_of, order_of
from besom.server.services.labels import check_tags
from besom.server.services.projects import find_project
from besom.server.services.refusals import Missing
from besom.server.services.users import Caller
from besom.server.store import artifact_collections, artifacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

CollectionPlace = tuple[str, str, str]
"""Entity, project and name."""


@dataclass(frozen=True, slots=True)
class Collection:
    """All versions of one name, which may all have been deleted."""

    entity: str
    project: str
    name: str
    type: str
    created: float
    """When its first version was made."""
    updated: float
    """When its newest version was made."""
    description: str | None
    tags: list[str]


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """What is to be changed; what is None or empty stays."""

    description: str | None = None
    type: str | None = None
    add_tags: tuple[str, ...] = ()
    drop_tags: tuple[str, ...] = ()


async def list_collections(
    ctx: Context,
    caller: Caller,
    entity: str,
    project: str,
    *,
    kind: str | None = None,
    name: str | None = None,
    filter_text: str | None = None,
    order: str | None = None,
) -> list[Collection]:
    """The names of a project's artifacts, of one type or just one name if given, by name if no order is.

    Raises:
        Invalid: the filter or the order cannot be understood.
    """
    matches = condition_of(filter_text, artifact_collections.FIELDS)
    ordered = order_of(order or "name", artifact_collections.FIELDS)

    def look(conn: Connection) -> list[Any]:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        return artifact_collections.listing(conn, home.id, kind=kind, name=name, matches=matches, order=ordered)

    return [_view(entity, project, row) for row in await ctx.read(look)]


async def get_collection(ctx: Context, caller: Caller, place: CollectionPlace) -> Collection:
    """All versions of one name; raises Missing."""
    entity, project, name = place
    found = await list_collections(ctx, caller, entity, project, name=name)
    if not found:
        raise _missing(place)
    return found[0]


async def all_aliases(ctx: Context, caller: Caller, entity: str, project: str, name: str) -> list[str]:
    """The aliases of all versions of a name."""

    def look(conn: Connection) -> list[str]:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        ids = [row.id for row in artifacts.listing(conn, home.id, name=name)]
        own = artifacts.aliases_of(conn, ids)
        return [LATEST] * bool(ids) + [row.alias for rows in own.values() for row in rows]

    return await ctx.read(look)


async def change_collection(
    ctx: Context, caller: Caller, place: CollectionPlace, change: CollectionChange
) -> Collection:
    """Changes what is said of all versions of a name.

    Raises:
        Missing: there is none.
        Invalid: it is no type.
    """
    entity, project, name = place
    if change.type is not None:
        check_name_and_type(name, change.type)

    def work(unit: Unit) -> Collection:
        home, row = _find(unit, caller, place)
        tags = [tag for tag in dict.fromkeys([*(row.tags or ()), *change.add_tags]) if tag not in change.drop_tags]
        check_tags(tags)
        description = row.description if change.description is None else change.description
        artifact_collections.say(unit.conn, home.id, name, description, tags)
        if change.type is not None:
            artifact_collections.set_type(unit.conn, home.id, name, change.type)
        unit.changed(home.id, "project", project)
        return _view(entity, project, _find(unit, caller, place)[1])

    return await ctx.write(work)


async def delete_collection(ctx: Context, caller: Caller, place: CollectionPlace) -> None:
    """Deletes all versions of a name, with their aliases; raises Missing."""
    _, project, name = place

    def work(unit: Unit) -> None:
        home, _ = _find(unit, caller, place)
        for version in artifacts.listing(unit.conn, home.id, name=name):
            artifacts.remove(unit.conn, version.id, unit.now)
        artifact_collections.forget(unit.conn, home.id, name)
        note(unit, caller, "artifact.deleted", f"all versions of {name}", entity=home.entity, project=project)
        unit.changed(home.id, "project", project)

    await ctx.write(work)


def _find(unit: Unit, caller: Caller, place: CollectionPlace) -> tuple[Any, Any]:
    entity, project, name = place
    home = find_project(unit.conn, caller, entity, project, "write")
    found = artifact_collections.listing(unit.conn, home.id, name=name)
    if not found:
        raise _missing(place)
    return home, found[0]


def _missing(place: CollectionPlace) -> Missing:
    entity, project, name = place
    return Missing("artifact_not_found", f"{entity}/{project} has no artifact {name!r}.", field="name")


def _view(entity: str, project: str, row: Any) -> Collection:
    return Collection(
        entity, project, row.name, row.type, row.created, row.updated, row.description, list(row.tags or ())
    )
