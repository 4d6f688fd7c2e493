"""What may change about a version of an artifact: what is said of it, its aliases, who used it, that it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from besom.protocol import Artifact
from besom.server.services.artifact_checks import own_aliases
from besom.server.services.artifact_lists import find_version
from besom.server.services.artifact_views import LATEST, views_of
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.labels import check_tags
from besom.server.services.projects import find_project
from besom.server.services.refusals import Conflict
from besom.server.services.rights import visible_to
from besom.server.services.run_files import RunPlace
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import artifact_collections, artifacts

Result = TypeVar("Result")

_DELETED_AT_ONCE = 100

ArtifactPlace = tuple[str, str, str]
"""Entity, project and address of a version."""


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """What is to be changed; what is None or empty stays."""

    description: str | None = None
    metadata: dict[str, Any] | None = None
    add_tags: tuple[str, ...] = ()
    drop_tags: tuple[str, ...] = ()
    add_aliases: tuple[str, ...] = ()
    drop_aliases: tuple[str, ...] = ()
    ttl: int | None = None
    """Seconds from its creation on that it is kept; 0: for ever."""


async def change_artifact(ctx: Context, caller: Caller, place: ArtifactPlace, change: ArtifactChange) -> Artifact:
    """Changes what is said of a version; returns it without its files.

    Raises:
        Conflict: ``latest`` should be moved, which always is the newest version's.
        Invalid: an alias cannot be used.
    """

    def work(unit: Unit, row: Any) -> Artifact:
        _refuse_to_move_latest(unit, row, change)
        tags = [tag for tag in dict.fromkeys([*row.tags, *change.add_tags]) if tag not in change.drop_tags]
        check_tags(tags)
        values = {"description": change.description, "metadata": change.metadata, "tags": tags}
        told: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
        if change.ttl is not None:
            told["ttl"] = change.ttl or None
        artifacts.change(unit.conn, row.id, told)
        artifacts.drop_aliases(unit.conn, row, change.drop_aliases)
        artifacts.set_aliases(unit.conn, row, own_aliases(change.add_aliases))
        return views_of(unit.conn, [artifacts.get(unit.conn, row.id)], with_files=False)[0]

    return await _write(ctx, caller, place, work)


async def delete_artifact(ctx: Context, caller: Caller, place: ArtifactPlace, *, with_aliases: bool) -> None:
    """Deletes a version. Its number is not used again; its bytes go when nothing else has named them for a day.

    Raises:
        Conflict: it has aliases of its own, and they are not to go with it.
    """

    def work(unit: Unit, row: Any) -> None:
        aliases = [found.alias for found in artifacts.aliases_of(unit.conn, [row.id]).get(row.id, [])]
        if aliases and not with_aliases:
            raise Conflict(
                "has_aliases",
                f"{row.name}:v{row.version} has the aliases {', '.join(aliases)}.",
                "Take them away first, or delete it with its aliases.",
            )
        _remove(unit, row)
        note(unit, caller, "artifact.deleted", f"{row.name}:v{row.version}", entity=place[0], project=place[1])

    await _write(ctx, caller, place, work)


async def delete_artifacts_of_run(ctx: Context, caller: Caller, run_place: RunPlace) -> None:
    """Deletes the versions that a run made, with their aliases."""

    def delete(unit: Unit) -> None:
        run = find_run(unit.conn, caller, *run_place, "write")
        for row in artifacts.of_run(unit.conn, run.key, "output", visible_to(caller)):
            if row.run_key == run.key:
                _remove(unit, row)
        unit.changed(run.project_id, "run", run.id)
        place = {"entity": run_place[0], "project": run_place[1]}
        note(unit, caller, "artifact.deleted", f"of run {run.id}", **place)

    await ctx.write(delete)


async def delete_expired(ctx: Context) -> int:
    """Deletes some of the versions that were to be kept until now, with their aliases; returns how many."""
    ids = await ctx.read(lambda conn: artifacts.expired(conn, ctx.clock(), _DELETED_AT_ONCE))

    def delete(unit: Unit) -> int:
        found = artifacts.still_expired(unit.conn, ids, unit.now)  # one may be kept for longer since it was looked for
        for row in found:
            _remove(unit, row)
            reason = f"{row.name}:v{row.version} was deleted: it was to be kept until now"
            unit.event(row.project_id, "artifact.expired", "server", reason, run_id=row.run_id)
            unit.changed(row.project_id, "project", row.project)
        return len(found)

    return await ctx.write(delete) if ids else 0


async def use_artifact(ctx: Context, caller: Caller, place: ArtifactPlace, run: RunPlace) -> None:
    """Notes that a run, of whatever project, uses a version, which the caller need only be able to read."""
    entity, project, address = place

    def use(unit: Unit) -> None:
        home = find_project(unit.conn, caller, entity, project, in_part=caller.reads_artifacts)
        row = find_version(unit.conn, home.id, f"{entity}/{project}", address)
        user = find_run(unit.conn, caller, *run, "work")
        artifacts.link(unit.conn, user.key, row.id, "input", unit.now)
        unit.changed(user.project_id, "run", user.id)
        if user.project_id == home.id:  # what others read of a project is none of its activity
            unit.changed(home.id, "project", project)

    await ctx.write(use)


def _remove(unit: Unit, row: Any) -> None:
    """The name stays, also without any version, until it is deleted itself."""
    artifact_collections.keep(unit.conn, row.project_id, row.name)
    artifacts.remove(unit.conn, row.id, unit.now)


async def _write(ctx: Context, caller: Caller, place: ArtifactPlace, work: Callable[[Unit, Any], Result]) -> Result:
    entity, project, address = place

    def find_and_work(unit: Unit) -> Result:
        home = find_project(unit.conn, caller, entity, project, "write", in_part=caller.reads_artifacts)
        result = work(unit, find_version(unit.conn, home.id, f"{entity}/{project}", address))
        unit.changed(home.id, "project", project)
        return result

    return await ctx.write(find_and_work)


def _refuse_to_move_latest(unit: Unit, row: Any, change: ArtifactChange) -> None:
    is_newest = row.version == artifacts.newest_versions(unit.conn, [row.name])[row.project_id, row.name]
    if LATEST in (change.drop_aliases if is_newest else change.add_aliases):
        raise Conflict(
            "latest_is_newest", f"The newest version of {row.name} is always its latest.", "Use another alias."
        )
